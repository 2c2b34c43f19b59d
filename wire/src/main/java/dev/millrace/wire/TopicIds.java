package dev.millrace.wire;

import dev.millrace.base.TopicId;
import org.apache.kafka.common.Uuid;

/** Topic ids as Kafka's messages carry them, and as the rest of the house does. */
public final class TopicIds {

    private TopicIds() {}

    public static TopicId fromKafka(Uuid uuid) {
        return new TopicId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    public static Uuid toKafka(TopicId topicId) {
        return new Uuid(topicId.mostSignificantBits(), topicId.leastSignificantBits());
    }
}
