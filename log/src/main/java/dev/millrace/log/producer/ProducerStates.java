package dev.millrace.log.producer;

import dev.millrace.log.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The idempotent producers of one partition. Answers as Kafka does: a repetition of one of the last five batches is recognised, a gap
 * is refused, an old epoch is refused, and a producer that nobody remembers (any more) may begin with any sequence.
 *
 * <p>Owned by the shard's thread.
 */
public final class ProducerStates {

    private final Map<Long, ProducerState> states = new HashMap<>();

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
     * Refuses batches, one behind the other between position and limit, that may not follow what is in the log.
     *
     * @throws dev.millrace.base.error.MillraceException INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE
     */
    public void check(ByteBuffer batches) {
        int previous = -1;
        for (int position = batches.position(); position < batches.limit(); ) {
            if (isIdempotent(batches, position)) {
                check(batches, position, previous);
                previous = position;
            }
            position += BatchHeader.sizeBytes(batches, position);
        }
    }

    /** Checks one batch: against the one before it in the same append if that is by the same producer, else against the log. */
    private void check(ByteBuffer batches, int position, int previous) {
        short epoch = BatchHeader.producerEpoch(batches, position);
        int baseSequence = BatchHeader.baseSequence(batches, position);
        ProducerState state = stateOf(batches, position);
        if (previous >= 0 && BatchHeader.producerId(batches, previous) == BatchHeader.producerId(batches, position)) {
            state = new ProducerState(
                    BatchHeader.producerId(batches, previous), BatchHeader.producerEpoch(batches, previous));
            remember(state, batches, previous, 0);
        }
        if (state != null) {
            state.check(epoch, baseSequence);
        }
    }

    /** Remembers the batches, one behind the other between position and limit, which have entered the log. */
    public void append(ByteBuffer batches) {
        for (int position = batches.position(); position < batches.limit(); ) {
            append(batches, position);
            position += BatchHeader.sizeBytes(batches, position);
        }
    }

    /** Remembers the batch at {@code position}, of which no more than the header needs to be there. */
    public void append(ByteBuffer batches, int position) {
        if (isIdempotent(batches, position)) {
            short epoch = BatchHeader.producerEpoch(batches, position);
            ProducerState state = states.computeIfAbsent(
                    BatchHeader.producerId(batches, position), id -> new ProducerState(id, epoch));
            remember(state, batches, position, BatchHeader.baseOffset(batches, position));
        }
    }

    /** Whether the batch takes part in the order of its producer: control batches have no sequence. */
    public static boolean isIdempotent(ByteBuffer batches, int position) {
        return BatchHeader.producerId(batches, position) >= 0 && !BatchHeader.isControl(batches, position);
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

    private @org.jspecify.annotations.Nullable ProducerState stateOf(ByteBuffer batches, int position) {
        return isIdempotent(batches, position) ? states.get(BatchHeader.producerId(batches, position)) : null;
    }

    /**
     * Forgets producers whose last record is {@code expirationMs} old or older ({@code producer.id.expiration.ms}).
     *
     * @return how many
     */
    public int expire(long nowMs, long expirationMs) {
        int before = states.size();
        states.values().removeIf(state -> nowMs - state.lastTimestampMs() >= expirationMs);
        return before - states.size();
    }

    public int producersCount() {
        return states.size();
    }

    /** Forgets everybody. */
    public void clear() {
        states.clear();
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
        states.clear();
        states.putAll(loaded);
    }
}
