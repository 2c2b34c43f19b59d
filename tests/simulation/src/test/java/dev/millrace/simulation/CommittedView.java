package dev.millrace.simulation;

import dev.millrace.base.Check;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadRequest.Bound;
import dev.millrace.log.ReadResult;
import dev.millrace.log.ReadResult.AbortedTransaction;
import dev.millrace.log.Slice;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * What the batches of a partition mean, told by nothing but the batches: which transactions are open, which were aborted, and what a
 * reader of committed data sees. The model that a log's own answers are held against.
 */
final class CommittedView {

    /** One batch as it stands in the log. */
    record Batch(
            long baseOffset,
            long lastOffset,
            long producerId,
            boolean transactional,
            Optional<ControlRecord.End> end,
            List<String> values) {}

    private record Aborted(long producerId, long firstOffset, long lastOffset) {}

    private final PartitionLog log;
    private final List<Batch> batches = new ArrayList<>();
    private final Map<Long, Long> open = new HashMap<>();
    private final List<Aborted> aborted = new ArrayList<>();

    /** Reads everything that is durable. */
    CommittedView(PartitionLog log) throws IOException {
        this.log = log;
        long next = log.offsets().logStart();
        while (next < log.offsets().highWatermark()) {
            List<Batch> more = parse(log.read(new ReadRequest(next, 64 << 10, true, Bound.DURABLE)));
            more.forEach(this::add);
            next = more.getLast().lastOffset + 1;
        }
    }

    private void add(Batch batch) {
        batches.add(batch);
        if (batch.end.isPresent()) {
            Long firstOffset = open.remove(batch.producerId);
            if (firstOffset != null && !batch.end.get().committed()) {
                aborted.add(new Aborted(batch.producerId, firstOffset, batch.lastOffset));
            }
        } else if (batch.transactional) {
            open.putIfAbsent(batch.producerId, batch.baseOffset);
        }
    }

    /** Where the last stable offset has to be, if all is durable. */
    long lastStable() {
        return open.values().stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(log.offsets().highWatermark());
    }

    int openCount() {
        return open.size();
    }

    int abortedCount() {
        return aborted.size();
    }

    List<String> all() {
        return batches.stream().flatMap(batch -> batch.values.stream()).toList();
    }

    /** Below the last stable offset, all that is not part of an aborted transaction. */
    List<String> committed() {
        return committed(batches);
    }

    private List<String> committed(List<Batch> some) {
        return some.stream()
                .filter(batch -> batch.lastOffset < lastStable() && !isAborted(batch))
                .flatMap(batch -> batch.values.stream())
                .toList();
    }

    private boolean isAborted(Batch batch) {
        return batch.transactional
                && aborted.stream()
                        .anyMatch(it -> it.producerId == batch.producerId
                                && it.firstOffset <= batch.baseOffset
                                && it.lastOffset >= batch.lastOffset);
    }

    /** Holds one read of committed data against the model: what a client makes of it, and what it names beside. */
    long check(long offset, int maxSizeBytes) throws IOException {
        ReadResult result = log.read(new ReadRequest(offset, maxSizeBytes, true, Bound.COMMITTED));
        List<Batch> given = parse(result);
        Check.that(given.stream().noneMatch(batch -> batch.lastOffset >= lastStable()), "nothing undecided is given");
        Set<AbortedTransaction> named = new LinkedHashSet<>(result.abortedTransactions());
        for (AbortedTransaction one : named) {
            if (aborted.stream()
                    .noneMatch(it -> it.producerId == one.producerId() && it.firstOffset == one.firstOffset())) {
                throw new AssertionError("a read at " + offset + " names " + one + ", which was not aborted");
            }
        }
        List<String> seen = asClient(given, result.abortedTransactions());
        List<String> due = committed(given);
        if (!seen.equals(due)) {
            throw new AssertionError("a read of committed data at " + offset + " shows " + seen + ", not " + due
                    + "; aborted: " + result.abortedTransactions() + ", model: " + aborted);
        }
        return given.isEmpty() ? offset : given.getLast().lastOffset + 1;
    }

    /** As clients of Kafka do it: batches in order, aborted transactions by their first offset. */
    private static List<String> asClient(List<Batch> given, List<AbortedTransaction> named) {
        PriorityQueue<AbortedTransaction> coming =
                new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
        coming.addAll(named);
        Set<Long> abortedNow = new HashSet<>();
        List<String> seen = new ArrayList<>();
        for (Batch batch : given) {
            while (!coming.isEmpty() && coming.peek().firstOffset() <= batch.lastOffset) {
                abortedNow.add(coming.remove().producerId());
            }
            if (batch.end.isPresent()) {
                if (!batch.end.get().committed()) {
                    abortedNow.remove(batch.producerId);
                }
            } else if (!batch.transactional || !abortedNow.contains(batch.producerId)) {
                seen.addAll(batch.values);
            }
        }
        return seen;
    }

    private static List<Batch> parse(ReadResult result) throws IOException {
        List<Batch> parsed = new ArrayList<>();
        for (Slice slice : result.slices()) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            bytes.flip();
            for (int position = 0; position < bytes.limit(); position += BatchHeader.sizeBytes(bytes, position)) {
                parsed.add(parse(bytes, position));
            }
        }
        return parsed;
    }

    private static Batch parse(ByteBuffer bytes, int position) {
        List<String> values = new ArrayList<>();
        if (!BatchHeader.isControl(bytes, position)) {
            RecordReader reader = new RecordReader();
            reader.open(bytes, position);
            while (reader.next()) {
                values.add(StandardCharsets.UTF_8
                        .decode(reader.value().orElseThrow())
                        .toString());
            }
        }
        return new Batch(
                BatchHeader.baseOffset(bytes, position),
                BatchHeader.lastOffset(bytes, position),
                BatchHeader.producerId(bytes, position),
                BatchHeader.isTransactional(bytes, position),
                ControlRecord.end(bytes, position),
                values);
    }
}
