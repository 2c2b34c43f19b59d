package dev.millrace.log;

/**
 * How an append is to be treated.
 *
 * @param origin who appends
 * @param expectedLeaderEpoch the epoch in which the caller believes this node to lead, or -1 for any; another one fails
 *     with FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH
 */
public record AppendOptions(Origin origin, int expectedLeaderEpoch) {

    /** Who appends. */
    public enum Origin {
        /** A client: batches are validated as hostile input, control batches refused, the disk reserve respected. */
        CLIENT,
        /** A machine of the control plane: may write control batches, and may use the reserve of disk. */
        INTERNAL
    }

    public static final AppendOptions CLIENT = new AppendOptions(Origin.CLIENT, -1);
    public static final AppendOptions INTERNAL = new AppendOptions(Origin.INTERNAL, -1);
}
