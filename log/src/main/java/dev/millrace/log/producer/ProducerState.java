package dev.millrace.log.producer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.Optional;

/**
 * What a partition remembers of one idempotent producer (KIP-98): its epoch, its last five batches, the most that a client has in
 * flight, and the transaction that it has open here. Not thread-safe.
 *
 * <p>The batches are a ring of primitive columns, the newest at {@code (first + count - 1) % WINDOW}.
 */
final class ProducerState {

    /** Batches that are remembered, and so how far back a repetition is recognised. */
    static final int WINDOW = 5;

    static final short NO_EPOCH = -1;
    static final int NO_SEQUENCE = -1;
    static final int NO_COORDINATOR_EPOCH = -1;
    static final long NO_TRANSACTION = -1;

    final long producerId;
    private short epoch;
    private long lastTimestampMs;
    private int coordinatorEpoch = NO_COORDINATOR_EPOCH;
    private long txnFirstOffset = NO_TRANSACTION;
    private int first;
    private int count;
    private final int[] lastSequences = new int[WINDOW];
    private final long[] lastOffsets = new long[WINDOW];
    private final int[] offsetDeltas = new int[WINDOW];
    private final long[] timestampsMs = new long[WINDOW];

    ProducerState(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    short epoch() {
        return epoch;
    }

    int batchesCount() {
        return count;
    }

    long lastTimestampMs() {
        return lastTimestampMs;
    }

    /** Of the coordinator that wrote the last marker; {@link #NO_COORDINATOR_EPOCH} if there was none. */
    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    /** First offset of the transaction that is open; {@link #NO_TRANSACTION} if none is. */
    long txnFirstOffset() {
        return txnFirstOffset;
    }

    boolean inTransaction() {
        return txnFirstOffset != NO_TRANSACTION;
    }

    int lastSequence() {
        return count == 0 ? NO_SEQUENCE : lastSequences[slot(count - 1)];
    }

    long lastOffset() {
        return count == 0 ? -1 : lastOffsets[slot(count - 1)];
    }

    /** The remembered batch with exactly this epoch and these sequences. Allocation-free if there is none. */
    Optional<RememberedBatch> find(short batchEpoch, int baseSequence, int lastSequence) {
        if (batchEpoch != epoch) {
            return Optional.empty();
        }
        for (int age = 0; age < count; age++) {
            int slot = slot(age);
            if (lastSequences[slot] == lastSequence
                    && Sequences.minus(lastSequence, offsetDeltas[slot]) == baseSequence) {
                return Optional.of(new RememberedBatch(lastOffsets[slot] - offsetDeltas[slot], timestampsMs[slot]));
            }
        }
        return Optional.empty();
    }

    /** Refuses a batch that an old incarnation sent. */
    void checkEpoch(short batchEpoch) {
        if (batchEpoch < epoch) {
            throw oldEpoch(batchEpoch);
        }
    }

    private MillraceException oldEpoch(short batchEpoch) {
        return new MillraceException(
                ErrorCode.INVALID_PRODUCER_EPOCH,
                "producer " + producerId + " sent epoch " + batchEpoch + ", but epoch " + epoch
                        + " has been seen: a newer incarnation of it is at work");
    }

    /** Refuses a batch that does not follow the last one. */
    void checkSequence(short batchEpoch, int baseSequence) {
        if (batchEpoch > epoch) {
            if (baseSequence != 0) {
                throw outOfOrder(batchEpoch, baseSequence, "a new epoch begins with sequence 0");
            }
        } else if (!Sequences.follows(lastSequence(), baseSequence)) {
            throw outOfOrder(batchEpoch, baseSequence, "the last sequence was " + lastSequence());
        }
    }

    /** Refuses a batch outside of the transaction that is open. */
    void checkTransactional(boolean transactional) {
        if (inTransaction() && !transactional) {
            throw new MillraceException(
                    ErrorCode.INVALID_TXN_STATE,
                    "producer " + producerId
                            + " sent a batch that is not part of the transaction which it has open since" + " offset "
                            + txnFirstOffset);
        }
    }

    /**
     * Refuses a marker of an old incarnation, or of a coordinator that has been replaced.
     *
     * @param epochBumped whether the epoch is raised with each transaction (KIP-890): then a marker in the epoch of the transaction that is
     *     open was meant for the one before it
     */
    void checkMarker(short markerEpoch, int markerCoordinatorEpoch, boolean epochBumped) {
        if (markerEpoch < epoch || (epochBumped && markerEpoch == epoch && inTransaction())) {
            throw oldEpoch(markerEpoch);
        }
        if (markerCoordinatorEpoch < coordinatorEpoch) {
            throw new MillraceException(
                    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                    "a coordinator of epoch " + markerCoordinatorEpoch + " wants to end a transaction of producer "
                            + producerId + ", but one of epoch " + coordinatorEpoch + " has done so before");
        }
    }

    MillraceException outOfOrder(short batchEpoch, int baseSequence, String why) {
        return new MillraceException(
                ErrorCode.OUT_OF_ORDER_SEQUENCE,
                "producer " + producerId + " sent sequence " + baseSequence + " in epoch " + batchEpoch + ": " + why);
    }

    /** Remembers a batch that entered the log. */
    void append(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        enter(batchEpoch);
        if (count == WINDOW) {
            first = (first + 1) % WINDOW;
            count--;
        }
        int slot = slot(count++);
        lastSequences[slot] = lastSequence;
        lastOffsets[slot] = lastOffset;
        offsetDeltas[slot] = offsetDelta;
        timestampsMs[slot] = timestampMs;
        lastTimestampMs = timestampMs;
    }

    /** A new epoch begins with nothing that was sent in it. */
    private void enter(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            first = 0;
            count = 0;
        }
    }

    /** A transactional batch that begins at {@code firstOffset} entered the log. */
    void beginTransaction(short batchEpoch, long firstOffset, long timestampMs) {
        enter(batchEpoch);
        txnFirstOffset = firstOffset;
        lastTimestampMs = timestampMs;
    }

    /** A marker entered the log, whether or not a transaction is open. */
    void endTransaction(short markerEpoch, int markerCoordinatorEpoch, long timestampMs) {
        enter(markerEpoch);
        txnFirstOffset = NO_TRANSACTION;
        coordinatorEpoch = markerCoordinatorEpoch;
        lastTimestampMs = timestampMs;
    }

    /** Takes over what a snapshot says beside the batches. */
    void restore(long timestampMs, int knownCoordinatorEpoch, long knownTxnFirstOffset) {
        lastTimestampMs = timestampMs;
        coordinatorEpoch = knownCoordinatorEpoch;
        txnFirstOffset = knownTxnFirstOffset;
    }

    /** Visits the remembered batches, oldest first. */
    void forEachBatch(BatchVisitor visitor) {
        for (int age = 0; age < count; age++) {
            int slot = slot(age);
            visitor.visit(lastSequences[slot], lastOffsets[slot], offsetDeltas[slot], timestampsMs[slot]);
        }
    }

    private int slot(int age) {
        return (first + age) % WINDOW;
    }

    /** Takes one remembered batch. */
    interface BatchVisitor {
        void visit(int lastSequence, long lastOffset, int offsetDelta, long timestampMs);
    }
}
