package dev.millrace.log;

import dev.millrace.log.journal.Journal;
import dev.millrace.log.records.ValidatedBatches;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An append on its way through the shard. */
final class AppendTask extends ShardTask {

    /** Bound for the entry that names the topic, which may go before the append's own. */
    private static final int OPENED_BYTES = 512;

    /** Larger ones keep the thread that runs them from its own work for too long. */
    private static final int BRIEF_SIZE_BYTES = 16 * 1024;

    final PartitionWriter partition;
    final ValidatedBatches batches;
    final AppendOptions options;
    final Append append = new Append();

    /** Of a marker: whether each transaction of its producer has an epoch of its own. */
    final boolean epochBumped;

    private final int sizeBytes;

    /** Set by the shard's thread when the batches are in the segment, or their original is. */
    private @Nullable AppendResult result;

    AppendTask(PartitionWriter partition, ValidatedBatches batches, AppendOptions options) {
        this(partition, batches, options, false);
    }

    AppendTask(PartitionWriter partition, ValidatedBatches batches, AppendOptions options, boolean epochBumped) {
        this.partition = partition;
        this.batches = batches;
        this.options = options;
        this.epochBumped = epochBumped;
        this.sizeBytes = batches.buffer().remaining();
    }

    void result(AppendResult landed) {
        result = landed;
    }

    AppendResult result() {
        return Objects.requireNonNull(result, "set before the task joins a group");
    }

    @Override
    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    long journalBytes() {
        return (long) Journal.entrySizeBytes(sizeBytes) + OPENED_BYTES;
    }

    @Override
    boolean isBrief() {
        return sizeBytes <= BRIEF_SIZE_BYTES && partition.takesBriefly(this);
    }

    @Override
    void run() {
        partition.append(this);
    }

    @Override
    void fail(Throwable cause) {
        append.accepted().completeExceptionally(cause);
        append.durable().completeExceptionally(cause);
    }
}
