package dev.millrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One partition: a chain of segments, of which only the last one grows. Thread-safe; its shard is the only writer, readers take no
 * lock.
 *
 * <p>Every operation fails with a {@link dev.millrace.base.error.MillraceException}: thrown by those that answer at once, inside the
 * future by the others. After the partition is deleted all of them fail with UNKNOWN_TOPIC_OR_PARTITION.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class PartitionLog {

    private final PartitionId id;
    private final String topic;

    PartitionLog(PartitionId id, String topic) {
        this.id = id;
        this.topic = topic;
    }

    public PartitionId id() {
        return id;
    }

    /** Name of the topic, for messages. */
    public String topic() {
        return topic;
    }

    /** Completes when the partition exists on disk and takes appends; appends before that wait in line, none is refused. */
    public CompletableFuture<Void> opened() {
        throw notBuilt();
    }

    /**
     * Appends record batches (format v2, one behind the other) as one unit: all are accepted, in order, or none. Validated here, on the
     * caller's thread.
     *
     * <p>The bytes between position and limit belong to the log until {@link Append#accepted()} completes, and their headers are
     * changed in place. Never waits: a log that cannot keep up refuses with OVERLOADED.
     */
    public Append append(ByteBuffer batches, AppendOptions options) {
        throw notBuilt();
    }

    /**
     * Reads at most to the request's bound. In the rare case where index and headers are not in memory it waits for the disk.
     *
     * @throws dev.millrace.base.error.MillraceException OFFSET_OUT_OF_RANGE below the log's start or above its end
     */
    public ReadResult read(ReadRequest request) throws IOException {
        throw notBuilt();
    }

    /**
     * Runs {@code onAdvance} once, as soon as something at or behind {@code offset} is readable within {@code bound}, or the
     * partition goes away; at once, inside this call, if that is so already. It runs on the shard's thread and must be short.
     */
    public Watch watch(long offset, ReadRequest.Bound bound, Runnable onAdvance) {
        throw notBuilt();
    }

    public PartitionOffsets offsets() {
        throw notBuilt();
    }

    /** The epoch in which this node leads the partition. */
    public int leaderEpoch() {
        throw notBuilt();
    }

    /**
     * Where an epoch ends: the largest epoch that is known and not above {@code leaderEpoch}, with the offset behind its
     * last record (KIP-101, KIP-320); empty if all known epochs are above it.
     */
    public Optional<EpochEnd> endOfEpoch(int leaderEpoch) {
        throw notBuilt();
    }

    /** The first record, by offset, whose timestamp is at least {@code timestampMs}; empty if there is none below the high watermark. */
    public Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        throw notBuilt();
    }

    /** The record with the largest timestamp, the first of several (KIP-734); empty if the partition is. */
    public Optional<TimestampedOffset> largestTimestamp() throws IOException {
        throw notBuilt();
    }

    /**
     * Moves the start of the log to {@code offset} (KIP-107), or to the high watermark for -1; completes with the new start when
     * that is durable. Segments that lie wholly before it are dropped.
     */
    public CompletableFuture<Long> deleteRecords(long offset) {
        throw notBuilt();
    }

    /**
     * Ends the active segment, so that what is appended next starts a new one; completes with the offset at which that begins. A
     * machine that replaces its history calls this, appends its whole state, waits until that is durable, and then calls
     * {@link #deleteRecords} with that offset: after a crash at any moment either the old history or the new one is whole.
     */
    public CompletableFuture<Long> roll() {
        throw notBuilt();
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        throw notBuilt();
    }

    private static IllegalStateException notBuilt() {
        return new IllegalStateException("the log is being built");
    }
}
