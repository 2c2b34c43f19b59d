package dev.millrace.wire.fetch;

import org.apache.kafka.common.Uuid;

/** A partition as a Fetch request names it: by name up to version 12, by id from 13 on. The other is empty. */
record FetchKey(String topic, Uuid topicId, int partition) {

    boolean sameTopic(FetchKey other) {
        return topicId.equals(other.topicId) && topic.equals(other.topic);
    }
}
