package dev.millrace.log.producer;

import dev.millrace.log.ActiveProducer;
import dev.millrace.log.compaction.ProducerEnd;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.segment.AbortedSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent and transactional producers of one partition. Answers as Kafka does: a repetition of one of the last five batches is
 * recognised, a gap is refused, an old epoch is refused, and a producer that nobody remembers (any more) may begin with any sequence. A
 * transactional batch opens a transaction if none is open, the next marker ends it.
 *
 * <p>Owned by the shard's thread.
 */
public final class ProducerStates {

    private final Map<Long, ProducerState> states = new HashMap<>();
    private final UndecidedTransactions undecided = new UndecidedTransactions();

    /** The batch of which the one at {@code position} is a repetition. */
    public Optional<RememberedBatch> findOriginal(ByteBuffer batches, int position) {
        ProducerState state = stateOf(batches, position);
        if (state == null) {
            return Optional.empty();
        }
        int baseSequence = BatchHeader.baseSequence(batches, position);
        int lastSequence = Sequences.plus(baseSequence, BatchHeader.lastOffsetDelta(batches, position));
        return state.find(BatchHeader.producerEpoch(batches, position), baseSequence, lastSequence);
    }

    /**
     * Refuses batches, one behind the other between position and limit, that may not follow what is in the log: data batches by epoch,
     * sequence and transaction, markers by the epochs of producer and coordinator. Batches without a sequence, which only machines write,
     * have no order.
     *
     * @param epochBumped of markers: whether the epoch is raised with each transaction (KIP-890)
     * @throws dev.millrace.base.error.MillraceException INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE, INVALID_TXN_STATE or
     *     TRANSACTION_COORDINATOR_FENCED
     */
    public void check(ByteBuffer batches, boolean epochBumped) {
        ProducerState previous = null;
        for (int position = batches.position(); position < batches.limit(); ) {
            if (BatchHeader.producerId(batches, position) >= 0) {
                previous = check(batches, position, previous, epochBumped);
            }
            position += BatchHeader.sizeBytes(batches, position);
        }
    }

    /**
     * Checks one batch: against the one before it in the same append if that is by the same producer, else against the log.
     *
     * @return what is known of the producer behind the batch
     */
    private @Nullable ProducerState check(
            ByteBuffer batches, int position, @Nullable ProducerState previous, boolean epochBumped) {
        long producerId = BatchHeader.producerId(batches, position);
        short epoch = BatchHeader.producerEpoch(batches, position);
        ProducerState known = states.get(producerId);
        ProducerState state = previous != null && previous.producerId == producerId ? previous : known;
        if (BatchHeader.isControl(batches, position)) {
            if (state != null) {
                checkMarker(state, batches, position, epochBumped);
            }
            return null;
        }
        int baseSequence = BatchHeader.baseSequence(batches, position);
        boolean transactional = BatchHeader.isTransactional(batches, position);
        if (state != null) {
            state.checkEpoch(epoch);
            if (baseSequence >= 0) {
                state.checkSequence(epoch, baseSequence);
            }
            state.checkTransactional(transactional);
        }
        return isLast(batches, position) ? null : behind(batches, position, transactional);
    }

    private static void checkMarker(ProducerState state, ByteBuffer batches, int position, boolean epochBumped) {
        Optional<ControlRecord.End> end = ControlRecord.end(batches, position);
        if (end.isPresent()) {
            short epoch = BatchHeader.producerEpoch(batches, position);
            state.checkMarker(epoch, end.get().coordinatorEpoch(), epochBumped);
        }
    }

    private static boolean isLast(ByteBuffer batches, int position) {
        return position + BatchHeader.sizeBytes(batches, position) >= batches.limit();
    }

    /** The producer as it is behind the batch, for the next batch of the same append. */
    private static ProducerState behind(ByteBuffer batches, int position, boolean transactional) {
        short epoch = BatchHeader.producerEpoch(batches, position);
        ProducerState state = new ProducerState(BatchHeader.producerId(batches, position), epoch);
        if (transactional) {
            state.beginTransaction(epoch, 0, 0);
        }
        if (BatchHeader.baseSequence(batches, position) >= 0) {
            remember(state, batches, position, 0);
        }
        return state;
    }

    /**
     * Refuses an old incarnation of a producer.
     *
     * @throws dev.millrace.base.error.MillraceException INVALID_PRODUCER_EPOCH if a later epoch of the producer has been seen
     */
    public void checkEpoch(long producerId, short epoch) {
        ProducerState state = states.get(producerId);
        if (state != null) {
            state.checkEpoch(epoch);
        }
    }

    /** Whether the producer has a transaction open here, begun or carried on in this epoch. */
    public boolean isInTransaction(long producerId, short epoch) {
        ProducerState state = states.get(producerId);
        return state != null && state.inTransaction() && state.epoch() == epoch;
    }

    /** Whether no batch of the producer's epoch is remembered. */
    public boolean isBlank(long producerId) {
        ProducerState state = states.get(producerId);
        return state == null || state.batchesCount() == 0;
    }

    /** The transactions that are not decided yet. */
    public UndecidedTransactions undecided() {
        return undecided;
    }

    /**
     * Remembers the batch at {@code position}, which has entered the log. Of a data batch no more than the header needs to be there.
     *
     * @return the transaction, if the batch is the marker that aborted one
     */
    public Optional<AbortedSpan> append(ByteBuffer batches, int position) {
        long producerId = BatchHeader.producerId(batches, position);
        if (producerId < 0) {
            return Optional.empty();
        }
        if (BatchHeader.isControl(batches, position)) {
            return appendControl(batches, position, producerId);
        }
        ProducerState state = stateFor(producerId, BatchHeader.producerEpoch(batches, position));
        long baseOffset = BatchHeader.baseOffset(batches, position);
        if (BatchHeader.baseSequence(batches, position) >= 0) {
            remember(state, batches, position, baseOffset);
        }
        if (BatchHeader.isTransactional(batches, position) && !state.inTransaction()) {
            state.beginTransaction(
                    BatchHeader.producerEpoch(batches, position),
                    baseOffset,
                    BatchHeader.maxTimestampMs(batches, position));
            undecided.begun(baseOffset);
        }
        return Optional.empty();
    }

    private Optional<AbortedSpan> appendControl(ByteBuffer batches, int position, long producerId) {
        Optional<ControlRecord.End> end = ControlRecord.end(batches, position);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        short epoch = BatchHeader.producerEpoch(batches, position);
        long markerOffset = BatchHeader.lastOffset(batches, position);
        ProducerState state = stateFor(producerId, epoch);
        long firstOffset = state.txnFirstOffset();
        boolean wasOpen = state.inTransaction();
        state.endTransaction(epoch, end.get().coordinatorEpoch(), BatchHeader.maxTimestampMs(batches, position));
        if (!wasOpen) {
            return Optional.empty();
        }
        undecided.ended(firstOffset, markerOffset);
        return end.get().committed()
                ? Optional.empty()
                : Optional.of(undecided.aborted(producerId, firstOffset, markerOffset));
    }

    private ProducerState stateFor(long producerId, short epoch) {
        return states.computeIfAbsent(producerId, id -> new ProducerState(id, epoch));
    }

    /** Whether the batch takes part in the order of its producer: control batches have no sequence, nor have those of machines. */
    public static boolean isIdempotent(ByteBuffer batches, int position) {
        return BatchHeader.producerId(batches, position) >= 0
                && BatchHeader.baseSequence(batches, position) >= 0
                && !BatchHeader.isControl(batches, position);
    }

    private static void remember(ProducerState state, ByteBuffer batches, int position, long baseOffset) {
        int delta = BatchHeader.lastOffsetDelta(batches, position);
        state.append(
                BatchHeader.producerEpoch(batches, position),
                Sequences.plus(BatchHeader.baseSequence(batches, position), delta),
                baseOffset + delta,
                delta,
                BatchHeader.maxTimestampMs(batches, position));
    }

    private @Nullable ProducerState stateOf(ByteBuffer batches, int position) {
        return isIdempotent(batches, position) ? states.get(BatchHeader.producerId(batches, position)) : null;
    }

    /**
     * Forgets producers whose last record is {@code expirationMs} old or older ({@code producer.id.expiration.ms}), but none that has a
     * transaction open.
     *
     * @return how many
     */
    public int expire(long nowMs, long expirationMs) {
        int before = states.size();
        states.values().removeIf(state -> !state.inTransaction() && nowMs - state.lastTimestampMs() >= expirationMs);
        return before - states.size();
    }

    /** Where each producer was last seen, by id: what compaction must leave. A copy. */
    public Map<Long, ProducerEnd> ends() {
        Map<Long, ProducerEnd> ends = HashMap.newHashMap(states.size());
        states.forEach((id, state) -> ends.put(id, new ProducerEnd(state.epoch(), state.lastOffset())));
        return ends;
    }

    public int producersCount() {
        return states.size();
    }

    /** Everybody, for those who ask. */
    public List<ActiveProducer> describe() {
        List<ActiveProducer> all = new ArrayList<>(states.size());
        for (ProducerState state : states.values()) {
            all.add(new ActiveProducer(
                    state.producerId,
                    state.epoch(),
                    state.lastSequence(),
                    state.lastTimestampMs(),
                    state.coordinatorEpoch(),
                    state.txnFirstOffset()));
        }
        return all;
    }

    /** Forgets everybody. */
    public void clear() {
        states.clear();
        undecided.clear();
    }

    /** The states as the bytes of a {@code .snapshot} file, see {@link ProducerSnapshot}. */
    public byte[] toSnapshot() {
        return ProducerSnapshot.encode(states.values());
    }

    /**
     * Replaces the states by those of a {@code .snapshot} file.
     *
     * @throws java.io.IOException if the bytes are not a snapshot, or a damaged one
     */
    public void load(byte[] snapshot) throws java.io.IOException {
        Map<Long, ProducerState> loaded = ProducerSnapshot.decode(snapshot);
        clear();
        states.putAll(loaded);
        for (ProducerState state : loaded.values()) {
            if (state.inTransaction()) {
                undecided.begun(state.txnFirstOffset());
            }
        }
    }
}
