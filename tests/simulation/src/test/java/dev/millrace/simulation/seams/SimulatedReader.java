package dev.millrace.simulation.seams;

import dev.millrace.checker.History;
import dev.millrace.checker.Isolation;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.WholeRead;
import dev.millrace.checker.Reader;
import dev.millrace.checker.Seen;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadRequest.Bound;
import dev.millrace.log.ReadResult;
import dev.millrace.log.ReadResult.AbortedTransaction;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** A consumer of one partition, which leaves out aborted records as Kafka's clients do: by what each answer says was aborted. */
final class SimulatedReader {
    private final Reader reader;
    private final String partition;
    private final History history;
    private long position;

    SimulatedReader(Isolation isolation, String partition, History history) {
        this.reader = Reader.alone("reader of " + isolation + " in " + partition, isolation);
        this.partition = partition;
        this.history = history;
    }

    /** Reads on from where it is. */
    void poll(PartitionLog log, int maxSizeBytes) throws IOException {
        List<Seen> seen = new ArrayList<>();
        position = read(log, position, maxSizeBytes, seen);
        if (!seen.isEmpty()) {
            history.add(new Poll(reader, partition, seen));
        }
    }

    /** Writes down all that there is. */
    void readWhole(PartitionLog log) throws IOException {
        List<Seen> seen = new ArrayList<>();
        long start = log.offsets().logStart();
        long offset = start;
        for (long next = read(log, offset, 64 << 10, seen); next > offset; ) {
            offset = next;
            next = read(log, offset, 64 << 10, seen);
        }
        history.add(new WholeRead(reader.isolation(), partition, start, seen));
    }

    /** Gives the offset to go on from. */
    private long read(PartitionLog log, long offset, int maxSizeBytes, List<Seen> seen) throws IOException {
        Bound bound = reader.isolation() == Isolation.COMMITTED ? Bound.COMMITTED : Bound.DURABLE;
        ReadResult result = log.read(new ReadRequest(offset, maxSizeBytes, true, bound));
        PriorityQueue<AbortedTransaction> aborted =
                new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
        aborted.addAll(result.abortedTransactions());
        Set<Long> skipping = new HashSet<>();
        long next = offset;
        for (Slice slice : result.slices()) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeBytes(bytes, at)) {
                next = BatchHeader.lastOffset(bytes, at) + 1;
                while (!aborted.isEmpty() && aborted.element().firstOffset() < next) {
                    skipping.add(aborted.remove().producerId());
                }
                long producerId = BatchHeader.producerId(bytes, at);
                if (BatchHeader.isControl(bytes, at)) {
                    // Whatever ends here, what this producer sends next is another transaction.
                    skipping.remove(producerId);
                } else if (!BatchHeader.isTransactional(bytes, at) || !skipping.contains(producerId)) {
                    take(bytes, at, offset, seen);
                }
            }
        }
        return next;
    }

    private static void take(ByteBuffer bytes, int at, long fromOffset, List<Seen> seen) {
        RecordReader records = new RecordReader();
        records.open(bytes, at);
        while (records.next()) {
            if (records.offset() >= fromOffset) {
                String value = StandardCharsets.UTF_8
                        .decode(records.value().orElseThrow())
                        .toString();
                seen.add(new Seen(records.offset(), value));
            }
        }
    }
}
