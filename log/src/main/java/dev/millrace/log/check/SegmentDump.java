package dev.millrace.log.check;

import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.files.BatchScanner;
import dev.millrace.log.files.OffsetIndex;
import dev.millrace.log.files.SegmentPaths;
import dev.millrace.log.files.TimeIndex;
import dev.millrace.log.files.TransactionIndex;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.Codec;
import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordHeader;
import dev.millrace.log.records.RecordReader;
import dev.millrace.log.segment.AbortedSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Takes one file of a segment apart: a .log into batches and records, an .index or .timeindex into entries. Changes nothing. */
public final class SegmentDump {

    /** How much of keys and values is shown, as text. */
    private static final int PREVIEW_BYTES = 80;

    private final FileStore files;

    public SegmentDump(FileStore files) {
        this.files = files;
    }

    /**
     * A batch.
     *
     * @param position in the file, bytes
     * @param codec as in {@code compression.type}
     * @param timestampType {@code CreateTime} or {@code LogAppendTime}
     * @param producerId -1: not idempotent
     * @param records empty unless they were asked for
     * @param end of a control batch: how it says that a transaction ended
     * @param problem what is wrong with the batch, in words; empty if nothing is
     */
    public record DumpedBatch(
            long position,
            int sizeBytes,
            long baseOffset,
            long lastOffset,
            int recordsCount,
            int leaderEpoch,
            String codec,
            String timestampType,
            long baseTimestampMs,
            long maxTimestampMs,
            long producerId,
            int producerEpoch,
            int baseSequence,
            boolean transactional,
            boolean control,
            long crc,
            Optional<ControlRecord.End> end,
            List<DumpedRecord> records,
            Optional<String> problem) {}

    /**
     * A record of a batch.
     *
     * @param keySizeBytes -1: null
     * @param key its beginning, as text; empty if it is null
     * @param valueSizeBytes -1: null
     * @param value its beginning, as text; empty if it is null
     */
    public record DumpedRecord(
            long offset,
            long timestampMs,
            int keySizeBytes,
            Optional<String> key,
            int valueSizeBytes,
            Optional<String> value,
            List<DumpedHeader> headers) {}

    /** A header of a record; {@code value} is empty if it is null. */
    public record DumpedHeader(String key, Optional<String> value) {}

    /** An entry of an .index: the batch that ends with {@code offset} begins at {@code logPosition}. */
    public record OffsetEntry(long offset, long logPosition) {}

    /** An entry of a .timeindex: the batch that ends with {@code offset} was the first to reach {@code timestampMs}. */
    public record TimeEntry(long timestampMs, long offset) {}

    /** Which file of a segment {@code path} is. */
    public enum Kind {
        LOG,
        OFFSET_INDEX,
        TIME_INDEX,
        TRANSACTION_INDEX
    }

    /** What {@code path} is by its name; empty if its name is none of a segment's. */
    public static Optional<Kind> kindOf(Path path) {
        if (SegmentPaths.baseOffset(path, SegmentPaths.LOG_SUFFIX).isPresent()) {
            return Optional.of(Kind.LOG);
        }
        if (SegmentPaths.baseOffset(path, SegmentPaths.OFFSET_INDEX_SUFFIX).isPresent()) {
            return Optional.of(Kind.OFFSET_INDEX);
        }
        if (SegmentPaths.baseOffset(path, SegmentPaths.TIME_INDEX_SUFFIX).isPresent()) {
            return Optional.of(Kind.TIME_INDEX);
        }
        return SegmentPaths.baseOffset(path, SegmentPaths.TRANSACTION_INDEX_SUFFIX)
                        .isPresent()
                ? Optional.of(Kind.TRANSACTION_INDEX)
                : Optional.empty();
    }

    /**
     * Hands the batches of a .log to {@code sink}, one by one, so that no file is too large.
     *
     * @param withRecords whether to look into the batches
     * @return what stands behind the last whole batch, in words; empty if the file ends there
     */
    public Optional<String> batches(Path log, boolean withRecords, Consumer<DumpedBatch> sink) throws IOException {
        RecordReader reader = new RecordReader();
        try (StoreFile file = files.open(log, Mode.READ)) {
            long sizeBytes = file.sizeBytes();
            BatchScanner scanner = new BatchScanner(file, sizeBytes, BatchScanner.WALK_CHUNK_BYTES);
            for (long position = 0; position < sizeBytes; position += scanner.sizeBytes()) {
                Optional<String> problem = scanner.moveTo(position);
                if (problem.isPresent()) {
                    return Optional.of("position " + position + ": " + problem.get());
                }
                Optional<String> crcProblem = scanner.checkCrc();
                List<DumpedRecord> records = new ArrayList<>();
                if (withRecords && crcProblem.isEmpty()) {
                    crcProblem = readRecords(file, scanner, reader, records);
                }
                Optional<ControlRecord.End> end = crcProblem.isEmpty() ? scanner.endOfTransaction() : Optional.empty();
                sink.accept(batch(scanner, end, records, crcProblem));
            }
        }
        return Optional.empty();
    }

    /** What is wrong with the records, in words. */
    private static Optional<String> readRecords(
            StoreFile file, BatchScanner scanner, RecordReader reader, List<DumpedRecord> records) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate(scanner.sizeBytes());
        file.read(whole, scanner.position());
        try {
            reader.open(whole.flip(), 0);
            while (reader.next()) {
                records.add(record(reader));
            }
            return Optional.empty();
        } catch (MillraceException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static DumpedRecord record(RecordReader reader) {
        List<DumpedHeader> headers = new ArrayList<>();
        for (RecordHeader header : reader.headers()) {
            headers.add(new DumpedHeader(header.key(), header.value().map(SegmentDump::preview)));
        }
        return new DumpedRecord(
                reader.offset(),
                reader.timestampMs(),
                reader.keySizeBytes(),
                reader.key().map(SegmentDump::preview),
                reader.valueSizeBytes(),
                reader.value().map(SegmentDump::preview),
                headers);
    }

    private static String preview(ByteBuffer bytes) {
        ByteBuffer shown = bytes.slice(bytes.position(), Math.min(bytes.remaining(), PREVIEW_BYTES));
        String text = StandardCharsets.UTF_8.decode(shown).toString();
        return bytes.remaining() > PREVIEW_BYTES ? text + "\u2026" : text;
    }

    private static DumpedBatch batch(
            BatchScanner scanner,
            Optional<ControlRecord.End> end,
            List<DumpedRecord> records,
            Optional<String> problem) {
        ByteBuffer header = scanner.header();
        int at = scanner.headerPosition();
        int codecId = BatchHeader.codecId(header, at);
        return new DumpedBatch(
                scanner.position(),
                scanner.sizeBytes(),
                scanner.baseOffset(),
                scanner.lastOffset(),
                BatchHeader.recordsCount(header, at),
                BatchHeader.leaderEpoch(header, at),
                Codec.forId(codecId).map(Codec::configName).orElse("unknown codec " + codecId),
                BatchHeader.isLogAppendTime(header, at) ? "LogAppendTime" : "CreateTime",
                BatchHeader.baseTimestampMs(header, at),
                BatchHeader.maxTimestampMs(header, at),
                BatchHeader.producerId(header, at),
                BatchHeader.producerEpoch(header, at),
                BatchHeader.baseSequence(header, at),
                BatchHeader.isTransactional(header, at),
                BatchHeader.isControl(header, at),
                BatchHeader.crc(header, at),
                end,
                records,
                problem);
    }

    /** The entries of an .index, up to the first that does not ascend. */
    public List<OffsetEntry> offsetIndex(Path path) throws IOException {
        OffsetIndex index =
                OffsetIndex.read(files, path, baseOffset(path, SegmentPaths.OFFSET_INDEX_SUFFIX), Long.MAX_VALUE);
        List<OffsetEntry> entries = new ArrayList<>();
        for (int i = 0; i < index.count(); i++) {
            entries.add(new OffsetEntry(index.offset(i), index.position(i)));
        }
        return entries;
    }

    /** The entries of a .timeindex, up to the first that does not ascend. */
    public List<TimeEntry> timeIndex(Path path) throws IOException {
        TimeIndex index = TimeIndex.read(files, path, baseOffset(path, SegmentPaths.TIME_INDEX_SUFFIX));
        List<TimeEntry> entries = new ArrayList<>();
        for (int i = 0; i < index.count(); i++) {
            entries.add(new TimeEntry(index.timestampMs(i), index.offset(i)));
        }
        return entries;
    }

    /** The entries of a .txnindex, up to the first that cannot be right. */
    public List<AbortedSpan> transactionIndex(Path path) throws IOException {
        TransactionIndex index = TransactionIndex.read(files, path);
        List<AbortedSpan> entries = new ArrayList<>();
        for (int i = 0; i < index.count(); i++) {
            entries.add(index.get(i));
        }
        return entries;
    }

    private static long baseOffset(Path path, String suffix) {
        OptionalLong baseOffset = SegmentPaths.baseOffset(path, suffix);
        return baseOffset.orElseThrow(
                () -> new IllegalArgumentException(path + " is not named as a segment's " + suffix + " is"));
    }

    /** One line for people. */
    public static String describe(DumpedBatch batch) {
        StringBuilder line = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "@%d  offsets %d-%d  %d records  %d bytes  %s  epoch %d  %s %d-%d",
                        batch.position,
                        batch.baseOffset,
                        batch.lastOffset,
                        batch.recordsCount,
                        batch.sizeBytes,
                        batch.codec,
                        batch.leaderEpoch,
                        batch.timestampType,
                        batch.baseTimestampMs,
                        batch.maxTimestampMs));
        if (batch.producerId != BatchHeader.NO_PRODUCER_ID) {
            line.append(String.format(
                    Locale.ROOT,
                    "  producer %d epoch %d sequence %d",
                    batch.producerId,
                    batch.producerEpoch,
                    batch.baseSequence));
        }
        line.append(batch.transactional ? "  transactional" : "").append(batch.control ? "  control" : "");
        batch.end.ifPresent(end -> line.append(end.committed() ? "  COMMIT" : "  ABORT")
                .append("  coordinator epoch ")
                .append(end.coordinatorEpoch()));
        batch.problem.ifPresent(problem -> line.append("  PROBLEM: ").append(problem));
        return line.toString();
    }

    /** One line for people. */
    public static String describe(AbortedSpan span) {
        return String.format(
                Locale.ROOT,
                "producer %d  aborted %d-%d  lastStable %d",
                span.producerId(),
                span.firstOffset(),
                span.lastOffset(),
                span.lastStableOffset());
    }

    /** One line for people. */
    public static String describe(DumpedRecord record) {
        StringBuilder line = new StringBuilder()
                .append("  ")
                .append(record.offset)
                .append("  ")
                .append(record.timestampMs)
                .append("  ")
                .append(record.key.orElse("(no key)"))
                .append("  ")
                .append(record.value.orElse("(null)"));
        for (DumpedHeader header : record.headers) {
            line.append("  ").append(header.key).append('=').append(header.value.orElse("(null)"));
        }
        return line.toString();
    }
}
