package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.machine.MachineRecord;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The facts of the metadata machine as bytes ({@link ByteWriter} says how each type is written).
 *
 * <pre>
 *   topic          key    1, topic id                     value  0, name, varint partitions, int64 created (ms), configs
 *                         without a value: the topic is deleted
 *   configs        key    2, 0 = all brokers, 1 = this    value  0, configs
 *   group configs  key    16, group id                    value  0, configs
 *                         without a value: the group has none of its own
 *   producer ids   key    3                               value  0, int64 first id that is not taken
 *   features       key    4                               value  0, int64 epoch, count, then name and varint level of each, by name
 *
 *   configs = count, then name and value of each, by name
 * </pre>
 *
 * <p>The first byte of a key is its kind, that of a value the version of its format.
 */
final class MetadataRecords {

    private static final int TOPIC = 1;
    private static final int CONFIGS = 2;
    private static final int PRODUCER_IDS = 3;
    private static final int FEATURES = 4;
    private static final int GROUP_CONFIGS = 16;
    private static final int VERSION = 0;

    private MetadataRecords() {}

    /** A fact, read back. */
    sealed interface Fact {
        record Topic(TopicImage topic) implements Fact {}

        record TopicDeleted(TopicId id) implements Fact {}

        /**
         * What was set at run time.
         *
         * @param ofBroker whether they are this broker's, or the default of all
         */
        record Configs(boolean ofBroker, Map<String, String> configs) implements Fact {}

        /** What was set for one group; nothing, if it has none of its own any more. */
        record GroupConfigs(String groupId, Map<String, String> configs) implements Fact {}

        record ProducerIdsTaken(long firstFreeId) implements Fact {}

        record Features(FeatureLevels levels) implements Fact {}
    }

    static MachineRecord topic(TopicImage topic) {
        ByteWriter value = new ByteWriter()
                .version(VERSION)
                .string(topic.name())
                .varint(topic.partitionsCount())
                .int64(topic.createdMs());
        writeConfigs(value, topic.configs());
        return new MachineRecord(topicKey(topic.id()), Optional.of(value.toByteArray()));
    }

    static MachineRecord topicDeleted(TopicId id) {
        return new MachineRecord(topicKey(id), Optional.empty());
    }

    static MachineRecord configs(boolean ofBroker, Map<String, String> configs) {
        byte[] key = new ByteWriter().int8(CONFIGS).bool(ofBroker).toByteArray();
        ByteWriter value = new ByteWriter().version(VERSION);
        writeConfigs(value, configs);
        return new MachineRecord(key, Optional.of(value.toByteArray()));
    }

    static MachineRecord groupConfigs(String groupId, Map<String, String> configs) {
        byte[] key = new ByteWriter().int8(GROUP_CONFIGS).string(groupId).toByteArray();
        if (configs.isEmpty()) {
            return new MachineRecord(key, Optional.empty());
        }
        ByteWriter value = new ByteWriter().version(VERSION);
        writeConfigs(value, configs);
        return new MachineRecord(key, Optional.of(value.toByteArray()));
    }

    static MachineRecord producerIdsTaken(long firstFreeId) {
        byte[] key = new ByteWriter().int8(PRODUCER_IDS).toByteArray();
        return new MachineRecord(
                key,
                Optional.of(new ByteWriter().version(VERSION).int64(firstFreeId).toByteArray()));
    }

    static MachineRecord features(FeatureLevels features) {
        ByteWriter value = new ByteWriter()
                .version(VERSION)
                .int64(features.epoch())
                .count(features.levels().size());
        features.levels().forEach((name, level) -> value.string(name).varint(level));
        return new MachineRecord(new ByteWriter().int8(FEATURES).toByteArray(), Optional.of(value.toByteArray()));
    }

    /**
     * Reads a fact back.
     *
     * @throws dev.millrace.base.bytes.CorruptBytesException if it is none that this version knows
     */
    static Fact read(MachineRecord record) {
        ByteReader key = new ByteReader(record.key(), "key of a metadata record");
        int kind = key.int8();
        return switch (kind) {
            case TOPIC -> readTopic(key, record.value());
            case CONFIGS -> readConfigs(key, valueOf(record, "configs"));
            case GROUP_CONFIGS -> readGroupConfigs(key, record.value());
            case PRODUCER_IDS -> readProducerIds(key, valueOf(record, "producer ids"));
            case FEATURES -> readFeatures(key, valueOf(record, "features"));
            default ->
                throw key.corrupt("kind " + kind + " is not known; a newer version of Millrace may have written it");
        };
    }

    private static byte[] topicKey(TopicId id) {
        return new ByteWriter().int8(TOPIC).topicId(id).toByteArray();
    }

    private static Fact readTopic(ByteReader key, Optional<byte[]> bytes) {
        TopicId id = key.topicId();
        key.end();
        if (bytes.isEmpty()) {
            return new Fact.TopicDeleted(id);
        }
        ByteReader value = new ByteReader(bytes.get(), "metadata record of topic " + id);
        value.version(VERSION);
        String name = value.string();
        int partitionsCount = value.varint();
        long createdMs = value.int64();
        Map<String, String> configs = readConfigs(value);
        value.end();
        if (partitionsCount < 1) {
            throw value.corrupt("topic " + name + " has " + partitionsCount + " partitions");
        }
        return new Fact.Topic(new TopicImage(name, id, partitionsCount, createdMs, configs));
    }

    private static Fact readConfigs(ByteReader key, ByteReader value) {
        boolean ofBroker = key.bool();
        key.end();
        value.version(VERSION);
        Map<String, String> configs = readConfigs(value);
        value.end();
        return new Fact.Configs(ofBroker, configs);
    }

    private static Fact readGroupConfigs(ByteReader key, Optional<byte[]> bytes) {
        String groupId = key.string();
        key.end();
        if (bytes.isEmpty()) {
            return new Fact.GroupConfigs(groupId, Map.of());
        }
        ByteReader value = new ByteReader(bytes.get(), "metadata record of the configs of group " + groupId);
        value.version(VERSION);
        Map<String, String> configs = readConfigs(value);
        value.end();
        return new Fact.GroupConfigs(groupId, configs);
    }

    private static Fact readProducerIds(ByteReader key, ByteReader value) {
        key.end();
        value.version(VERSION);
        long firstFreeId = value.int64();
        value.end();
        return new Fact.ProducerIdsTaken(firstFreeId);
    }

    private static Fact readFeatures(ByteReader key, ByteReader value) {
        key.end();
        value.version(VERSION);
        long epoch = value.int64();
        SortedMap<String, Integer> levels = new TreeMap<>();
        for (int remaining = value.count(2); remaining > 0; remaining--) {
            String name = value.string();
            int level = value.varint();
            int maxLevel = Feature.named(name).map(Feature::maxLevel).orElse(0);
            if (level > maxLevel) {
                throw value.corrupt("feature " + name + " is at level " + level + ", and this version knows " + maxLevel
                        + " at most; a newer version of Millrace may have written it");
            }
            levels.put(name, level);
        }
        value.end();
        return new Fact.Features(new FeatureLevels(epoch, levels));
    }

    private static ByteReader valueOf(MachineRecord record, String what) {
        return new ByteReader(record.value().orElse(new byte[0]), "metadata record of " + what);
    }

    private static void writeConfigs(ByteWriter value, Map<String, String> configs) {
        value.count(configs.size());
        new TreeMap<>(configs).forEach((name, text) -> value.string(name).string(text));
    }

    private static Map<String, String> readConfigs(ByteReader value) {
        Map<String, String> configs = new TreeMap<>();
        for (int remaining = value.count(2); remaining > 0; remaining--) {
            configs.put(value.string(), value.string());
        }
        return configs;
    }
}
