package dev.millrace.log;

import dev.millrace.base.TopicId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far the partitions of a shard are flushed: what a start reads first, and for most partitions all that it reads. Replaced
 * atomically. Text, so that it can be looked at:
 *
 * <pre>
 *   millrace-checkpoint 2
 *   clean false                                     whether everything was flushed and the journal holds nothing
 *   journaled true                                  whether the journal knows every partition that was written since
 *   journal 4294967312                              first sequence of the journal that may have to be replayed
 *   partition ID N FLUSHED START SNAPSHOT TOPIC     one line per partition; or, if its files were in order,
 *   partition ID N FLUSHED START SNAPSHOT TOPIC EPOCH SIZE SEGMENTS OLDEST
 *   crc 1f2e3d4c                                    CRC32C of all lines before
 * </pre>
 *
 * <p>Version 1, which is still read, had no {@code journaled}, and nothing behind {@code SNAPSHOT}.
 *
 * @param journaled whether a partition that the journal does not name ends where its line says: not if appends bypass the journal
 * @param partitions by identity
 */
public record Checkpoint(
        boolean clean, boolean journaled, long journalStartSequence, Map<PartitionId, Line> partitions) {

    public static final Checkpoint NONE = new Checkpoint(false, false, 0, Map.of());

    private static final String HEADER = "millrace-checkpoint ";
    private static final String VERSION_1 = HEADER + "1\n";
    private static final String VERSION_2 = HEADER + "2\n";
    private static final int FIELDS_OF_VERSION_1 = 6;
    private static final int FIELDS_WITHOUT_SUMMARY = 7;
    private static final int FIELDS = 11;

    /**
     * One partition.
     *
     * @param flushedOffset everything below it is durable in segments
     * @param logStartOffset first readable offset
     * @param snapshotOffset the producer snapshot from which, together with the log behind it, the producers' states come; -1: there was
     *     no producer at {@code flushedOffset}
     * @param topic name of the topic, and so of the directory; empty in version 1
     * @param summary what else is known of the partition as it was at {@code flushedOffset}; empty if a start has to look at its files
     */
    public record Line(
            long flushedOffset,
            long logStartOffset,
            long snapshotOffset,
            Optional<String> topic,
            Optional<Summary> summary) {

        /** What two checkpoints say together, of which one is older: a partition may have changed its shard between them. */
        Line newer(Line other) {
            Line last = flushedOffset >= other.flushedOffset ? this : other;
            return new Line(
                    last.flushedOffset,
                    Math.max(logStartOffset, other.logStartOffset),
                    last.snapshotOffset,
                    last.topic,
                    last.summary);
        }
    }

    /**
     * What is asked of a partition that nobody reads or writes: with it, a start leaves the files alone.
     *
     * @param leaderEpoch the newest one; -1 if none is known
     * @param sizeBytes of all segments
     * @param oldestTimestampMs largest timestamp of the first segment; -1 if it has none
     */
    public record Summary(int leaderEpoch, long sizeBytes, int segmentsCount, long oldestTimestampMs) {}

    byte[] toBytes() {
        StringBuilder text = new StringBuilder(128 + 112 * partitions.size());
        text.append(VERSION_2)
                .append("clean ")
                .append(clean)
                .append("\njournaled ")
                .append(journaled)
                .append("\njournal ")
                .append(journalStartSequence)
                .append('\n');
        partitions.forEach((id, line) -> append(text, id, line));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        text.append("crc ").append(crcOf(body, body.length)).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder text, PartitionId id, Line line) {
        text.append("partition ")
                .append(id.topicId())
                .append(' ')
                .append(id.partition())
                .append(' ')
                .append(line.flushedOffset)
                .append(' ')
                .append(line.logStartOffset)
                .append(' ')
                .append(line.snapshotOffset);
        line.topic.ifPresent(topic -> text.append(' ').append(topic));
        line.summary.ifPresent(summary -> text.append(' ')
                .append(summary.leaderEpoch)
                .append(' ')
                .append(summary.sizeBytes)
                .append(' ')
                .append(summary.segmentsCount)
                .append(' ')
                .append(summary.oldestTimestampMs));
        text.append('\n');
    }

    /** Reads what {@link #toBytes} wrote; an {@link IOException} says what is wrong with it. */
    public static Checkpoint parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int crcAt = text.lastIndexOf("crc ");
        boolean isFirstVersion = text.startsWith(VERSION_1);
        if (!(isFirstVersion || text.startsWith(VERSION_2)) || crcAt < 0) {
            throw new IOException("not a checkpoint of this version, or one cut short");
        }
        // Of a whole one every character is a byte; the CRC of another one does not match, whatever is counted.
        if (!text.substring(crcAt + 4).strip().equals(crcOf(bytes, Math.min(crcAt, bytes.length)))) {
            throw new IOException("the CRC of the checkpoint does not match");
        }
        try {
            List<String> lines = text.substring(0, crcAt).lines().toList();
            int next = 1;
            boolean clean = Boolean.parseBoolean(value(lines.get(next++), "clean "));
            boolean journaled = !isFirstVersion && Boolean.parseBoolean(value(lines.get(next++), "journaled "));
            long journalStart = Long.parseLong(value(lines.get(next++), "journal "));
            Map<PartitionId, Line> partitions = HashMap.newHashMap(lines.size());
            for (String line : lines.subList(next, lines.size())) {
                String[] fields = line.split(" ", -1);
                partitions.put(
                        new PartitionId(TopicId.parse(fields[1]), Integer.parseInt(fields[2])), parseLine(fields));
            }
            return new Checkpoint(clean, journaled, journalStart, partitions);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("a damaged line in the checkpoint: " + e.getMessage(), e);
        }
    }

    private static Line parseLine(String[] fields) {
        boolean known = fields.length == FIELDS_OF_VERSION_1
                || fields.length == FIELDS_WITHOUT_SUMMARY
                || fields.length == FIELDS;
        if (!known) {
            throw new IllegalArgumentException(fields.length + " fields");
        }
        Optional<Summary> summary = fields.length < FIELDS
                ? Optional.empty()
                : Optional.of(new Summary(
                        Integer.parseInt(fields[7]),
                        Long.parseLong(fields[8]),
                        Integer.parseInt(fields[9]),
                        Long.parseLong(fields[10])));
        return new Line(
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]),
                Long.parseLong(fields[5]),
                fields.length == FIELDS_OF_VERSION_1 ? Optional.empty() : Optional.of(fields[6]),
                summary);
    }

    private static String value(String line, String name) {
        if (!line.startsWith(name)) {
            throw new IllegalArgumentException("\"" + line + "\" where \"" + name.strip() + "\" is due");
        }
        return line.substring(name.length());
    }

    private static String crcOf(byte[] bytes, int sizeBytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, sizeBytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
