package dev.millrace.control.machine;

/**
 * How much one turn may record. The facts of a turn are one batch, and a batch must fit into a segment of an internal topic (16 MiB): an append
 * that cannot succeed would fence the machine. So machines refuse, at the door, what would make more.
 */
public final class FactLimits {

    /** Facts of one turn, and so also a single fact. */
    public static final int MAX_TURN_BYTES = 8 << 20;

    private FactLimits() {}
}
