package dev.millrace.control.metadata;

import dev.millrace.base.config.ConfigKey;
import dev.millrace.base.config.ConfigSchema;
import dev.millrace.base.config.ConfigType;
import java.util.List;

/** The server's settings that the metadata machine acts on. */
public final class MetadataConfigs {

    public static final ConfigKey<Integer> NUM_PARTITIONS = ConfigKey.of(ConfigType.INT, 1)
            .server("num.partitions")
            .unit("partitions")
            .between(1, TopicRules.MAX_PARTITIONS)
            .doc("How many partitions a topic gets that is created without saying so.");

    public static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR = ConfigKey.of(ConfigType.INT, 1)
            .server("default.replication.factor")
            .unit("replicas")
            .between(1, 1)
            .doc("How many replicas a topic gets that is created without saying so. Millrace runs on one node: only"
                    + " 1 is taken.");

    public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS_ENABLE = ConfigKey.of(ConfigType.BOOLEAN, true)
            .server("auto.create.topics.enable")
            .doc("Whether a client that asks for a topic that is not there creates it.");

    public static final ConfigKey<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = ConfigKey.of(ConfigType.INT, 50)
            .server("offsets.topic.num.partitions")
            .unit("partitions")
            .between(1, 1_000)
            .doc("How many partitions __consumer_offsets gets when it is created. It keeps them: changing this"
                    + " later does nothing.");

    public static final ConfigKey<Integer> TRANSACTION_STATE_LOG_NUM_PARTITIONS = ConfigKey.of(ConfigType.INT, 50)
            .server("transaction.state.log.num.partitions")
            .unit("partitions")
            .between(1, 1_000)
            .doc("How many partitions __transaction_state gets when it is created. It keeps them: changing this"
                    + " later does nothing.");

    /** These, and the settings of topics. */
    public static final ConfigSchema SCHEMA = ConfigSchema.of(List.of(
                    NUM_PARTITIONS,
                    DEFAULT_REPLICATION_FACTOR,
                    AUTO_CREATE_TOPICS_ENABLE,
                    OFFSETS_TOPIC_NUM_PARTITIONS,
                    TRANSACTION_STATE_LOG_NUM_PARTITIONS))
            .plus(TopicConfigs.SCHEMA);

    private MetadataConfigs() {}
}
