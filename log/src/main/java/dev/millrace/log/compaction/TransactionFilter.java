package dev.millrace.log.compaction;

import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordReader;
import dev.millrace.log.segment.AbortedSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Tells, batch by batch in the order of the log, which belong to aborted transactions and go, and which markers have outlived
 * the records of their transactions. As Kafka does it: records of an aborted transaction go at once; a marker stays until a pass meets
 * none of the transaction's batches any more, and then for {@code delete.retention.ms}. Not thread-safe.
 */
public final class TransactionFilter {

    private final PriorityQueue<AbortedSpan> upcoming =
            new PriorityQueue<>(Comparator.comparingLong(AbortedSpan::firstOffset));
    private final Map<Long, Aborting> aborting = new HashMap<>();
    private final Set<Long> committing = new HashSet<>();
    private final List<AbortedSpan> stillNeeded = new ArrayList<>();
    private final RecordReader reader = new RecordReader();

    private static final class Aborting {
        final AbortedSpan transaction;
        boolean met;

        Aborting(AbortedSpan transaction) {
            this.transaction = transaction;
        }
    }

    /** Says which transactions of the batches to come were aborted. */
    public void expect(List<AbortedSpan> aborted) {
        upcoming.addAll(aborted);
    }

    /** A batch of data; whether it belongs to a transaction that was aborted. */
    public boolean isAborted(ByteBuffer batches, int position) {
        begin(BatchHeader.lastOffset(batches, position));
        if (!BatchHeader.isTransactional(batches, position)) {
            return false;
        }
        long producerId = BatchHeader.producerId(batches, position);
        Aborting transaction = aborting.get(producerId);
        if (transaction == null) {
            committing.add(producerId);
            return false;
        }
        transaction.met = true;
        return true;
    }

    /** A control batch; whether no batch of its transaction was met, so that nobody needs it. */
    public boolean isNotNeeded(ByteBuffer batches, int position) {
        begin(BatchHeader.lastOffset(batches, position));
        long producerId = BatchHeader.producerId(batches, position);
        reader.open(batches, position);
        if (!reader.next()) {
            return true; // It lost its record before.
        }
        return switch (ControlRecord.type(reader.key().orElse(ByteBuffer.allocate(0)))) {
            case ABORT -> {
                Aborting transaction = aborting.remove(producerId);
                if (transaction != null && transaction.met) {
                    stillNeeded.add(transaction.transaction);
                }
                yield transaction == null || !transaction.met;
            }
            case COMMIT -> !committing.remove(producerId);
            case UNKNOWN -> false;
        };
    }

    private void begin(long lastOffset) {
        while (!upcoming.isEmpty() && upcoming.peek().firstOffset() <= lastOffset) {
            AbortedSpan transaction = upcoming.remove();
            aborting.put(transaction.producerId(), new Aborting(transaction));
        }
    }

    /** The aborted transactions of which batches were met and whose markers have passed, by these; and forgets them. */
    public List<AbortedSpan> takeStillNeeded() {
        List<AbortedSpan> taken = List.copyOf(stillNeeded);
        stillNeeded.clear();
        return taken;
    }
}
