package dev.millrace.control.transactions.api;

/**
 * Where a transactional id stands.
 *
 * <pre>
 *            add              end                 markers are durable
 *   EMPTY ───────→ ONGOING ───────→ PREPARE_COMMIT ───────→ COMPLETE_COMMIT ─┐
 *                   ↑   │                                                    │
 *                   │   └─────────→ PREPARE_ABORT  ───────→ COMPLETE_ABORT ──┤
 *                   └────────────────────────────── add ─────────────────────┘
 * </pre>
 *
 * <p>Kafka has two more, which are never kept: an id that is removed is gone from the log, and one that is being fenced is in PREPARE_ABORT.
 */
public enum TransactionState {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort");

    private final int id;
    private final String label;

    TransactionState(int id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The number in the log, which is Kafka's. */
    public int id() {
        return id;
    }

    /** As Kafka's tools write it. */
    public String label() {
        return label;
    }

    /** Whether the outcome is decided and not everywhere written yet. */
    public boolean isPrepared() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    /** Whether the last transaction is over everywhere. */
    public boolean isComplete() {
        return this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
    }

    /**
     * The state with this number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TransactionState of(int id) {
        for (TransactionState state : values()) {
            if (state.id == id) {
                return state;
            }
        }
        throw new IllegalArgumentException("there is no state of a transaction with the number " + id);
    }
}
