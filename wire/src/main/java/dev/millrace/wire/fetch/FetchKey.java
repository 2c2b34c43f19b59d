package dev.millrace.wire.fetch;

import org.apache.kafka.common.Uuid;

/**
 * A partition as a Fetch request names it: by the topic's name up to version 12, by its id from 13 on. The other is empty.
 *
 * @param byTopicId which of the two counts; what counts may be empty too, in a request that makes no sense
 */
record FetchKey(boolean byTopicId, String topic, Uuid topicId, int partition) {

    boolean sameTopic(FetchKey other) {
        return topicId.equals(other.topicId) && topic.equals(other.topic);
    }
}
