package dev.millrace.control.metadata;

import dev.millrace.control.machine.MachineLog;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The topics that belong to the control plane. Thread-safe. */
public interface InternalTopics {

    /** Topic of the metadata machine. One partition. */
    String METADATA = "__millrace_metadata";

    /** Topic of the group machines: one machine per partition. */
    String CONSUMER_OFFSETS = "__consumer_offsets";

    /** Topic of the transaction machines: one machine per partition. */
    String TRANSACTION_STATE = "__transaction_state";

    /** Topic of share groups: reserved until there are share groups. */
    String SHARE_GROUP_STATE = "__share_group_state";

    /** The name of Kafka's own metadata log, which nobody may use for something else. */
    String KAFKA_METADATA = "__cluster_metadata";

    Set<String> NAMES = Set.of(METADATA, CONSUMER_OFFSETS, TRANSACTION_STATE, SHARE_GROUP_STATE);

    /** Whether the name is reserved: clients neither create, write, alter nor delete such a topic. */
    static boolean isInternal(String topic) {
        return NAMES.contains(topic);
    }

    /**
     * Makes sure that the topic is there, and completes when that is durable.
     *
     * @param partitionsCount how many partitions it gets if it is new; one that is there keeps those it has, for ever
     */
    CompletableFuture<TopicImage> ensure(String topic, int partitionsCount);

    /** The log for the machine of one partition, opened or made. Never waits. */
    MachineLog log(TopicImage topic, int partition);
}
