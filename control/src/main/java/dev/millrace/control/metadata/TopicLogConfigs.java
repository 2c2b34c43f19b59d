package dev.millrace.control.metadata;

import dev.millrace.base.config.Config;
import dev.millrace.log.LogConfig;
import dev.millrace.log.compaction.CompactionConfig;
import dev.millrace.log.records.BatchRules;
import dev.millrace.log.records.Codec;
import dev.millrace.log.records.Compression;
import java.util.Optional;

/** Makes of a topic's settings what its log acts on. Immutable. */
final class TopicLogConfigs {

    /** Internal topics keep everything: their machines bound their logs themselves. */
    static final LogConfig INTERNAL = new LogConfig(
            new BatchRules(Integer.MAX_VALUE, Optional.empty(), false, Long.MAX_VALUE, Long.MAX_VALUE),
            16 << 20,
            Long.MAX_VALUE,
            0,
            4096,
            10 << 20,
            -1,
            -1,
            60_000);

    private final Config config;

    TopicLogConfigs(Config config) {
        this.config = config;
    }

    /** What the topic's partitions work by. */
    LogConfig of(TopicImage topic, MetadataImage image) {
        return topic.internal() ? INTERNAL : of(image.effective(config).withTopic(topic.configs()));
    }

    private static LogConfig of(Config topic) {
        boolean drops = topic.get(TopicConfigs.CLEANUP_POLICY).contains("delete");
        boolean compacts = topic.get(TopicConfigs.CLEANUP_POLICY).contains("compact");
        long segmentMs = topic.get(TopicConfigs.SEGMENT_MS);
        long maxLagMs = topic.get(TopicConfigs.MAX_COMPACTION_LAG_MS);
        BatchRules rules = new BatchRules(
                topic.get(TopicConfigs.MAX_MESSAGE_BYTES),
                compression(topic),
                topic.get(TopicConfigs.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime"),
                topic.get(TopicConfigs.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                topic.get(TopicConfigs.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
                compacts);
        return new LogConfig(
                rules,
                topic.get(TopicConfigs.SEGMENT_BYTES),
                compacts ? Math.min(segmentMs, maxLagMs) : segmentMs,
                topic.get(TopicConfigs.SEGMENT_JITTER_MS),
                topic.get(TopicConfigs.INDEX_INTERVAL_BYTES),
                topic.get(TopicConfigs.SEGMENT_INDEX_BYTES),
                drops ? topic.get(TopicConfigs.RETENTION_MS) : -1,
                drops ? topic.get(TopicConfigs.RETENTION_BYTES) : -1,
                topic.get(TopicConfigs.FILE_DELETE_DELAY_MS),
                new CompactionConfig(
                        compacts,
                        topic.get(TopicConfigs.DELETE_RETENTION_MS),
                        topic.get(TopicConfigs.MIN_COMPACTION_LAG_MS),
                        maxLagMs,
                        topic.get(TopicConfigs.MIN_CLEANABLE_DIRTY_RATIO)));
    }

    private static Optional<Compression> compression(Config topic) {
        String type = topic.get(TopicConfigs.COMPRESSION_TYPE);
        return Codec.forConfigName(type).map(codec -> switch (codec) {
            case GZIP -> new Compression(codec, topic.get(TopicConfigs.COMPRESSION_GZIP_LEVEL));
            case LZ4 -> new Compression(codec, topic.get(TopicConfigs.COMPRESSION_LZ4_LEVEL));
            case ZSTD -> new Compression(codec, topic.get(TopicConfigs.COMPRESSION_ZSTD_LEVEL));
            case NONE, SNAPPY -> Compression.of(codec);
        });
    }
}
