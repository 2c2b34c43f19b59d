package dev.millrace.log.records;

/**
 * A codec and how hard it should try.
 *
 * @param level as Kafka's {@code compression.<codec>.level} (KIP-780); ignored by codecs without levels
 */
public record Compression(Codec codec, int level) {

    public static final Compression NONE = new Compression(Codec.NONE, Codec.NONE.defaultLevel());

    public Compression {
        if (!codec.acceptsLevel(level)) {
            throw new IllegalArgumentException(codec.configName() + " has no level " + level);
        }
    }

    /** {@code codec} at its default level. */
    public static Compression of(Codec codec) {
        return new Compression(codec, codec.defaultLevel());
    }
}
