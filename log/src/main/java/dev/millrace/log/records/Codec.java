package dev.millrace.log.records;

import java.util.Optional;

/** How the records of a batch are compressed: the lowest three bits of its attributes. */
public enum Codec {
    NONE(0, "uncompressed", 0, 0, 0),
    GZIP(1, "gzip", -1, 1, 9),
    SNAPPY(2, "snappy", 0, 0, 0),
    LZ4(3, "lz4", 9, 1, 17),
    ZSTD(4, "zstd", 3, -131_072, 22);

    private static final Codec[] BY_ID = values();

    private final int id;
    private final String configName;
    private final int defaultLevel;
    private final int lowestLevel;
    private final int highestLevel;

    Codec(int id, String configName, int defaultLevel, int lowestLevel, int highestLevel) {
        this.id = id;
        this.configName = configName;
        this.defaultLevel = defaultLevel;
        this.lowestLevel = lowestLevel;
        this.highestLevel = highestLevel;
    }

    /** The codec of this id; empty for the ids that Kafka does not use. */
    public static Optional<Codec> forId(int id) {
        return isKnown(id) ? Optional.of(BY_ID[id]) : Optional.empty();
    }

    /** Whether a codec has this id. Allocation-free. */
    static boolean isKnown(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /** The codec of this name in {@code compression.type}; empty for {@code producer} and for names that mean nothing. */
    public static Optional<Codec> forConfigName(String name) {
        for (Codec codec : BY_ID) {
            if (codec.configName.equals(name)) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }

    public int id() {
        return id;
    }

    /** Its name in {@code compression.type}. */
    public String configName() {
        return configName;
    }

    /** The level that Kafka uses by default; means nothing for codecs without levels. */
    public int defaultLevel() {
        return defaultLevel;
    }

    /** Whether {@code level} is one that Kafka accepts for this codec (KIP-780). */
    public boolean acceptsLevel(int level) {
        return level == defaultLevel || (level >= lowestLevel && level <= highestLevel);
    }
}
