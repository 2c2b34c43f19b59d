package dev.millrace.control.groups.api;

/**
 * How much one turn may record. The facts of a turn are one batch, and a batch must fit into a segment of an internal topic (16 MiB): an append
 * that cannot succeed would fence the machine, and with it all its groups.
 */
public final class FactLimits {

    /** Facts of one turn, and so also the record of one group. */
    public static final int MAX_TURN_BYTES = 8 << 20;

    /** What one member says of itself. Kafka allows no more for a whole group (message.max.bytes). */
    public static final int MAX_MEMBER_BYTES = 1 << 20;

    private FactLimits() {}
}
