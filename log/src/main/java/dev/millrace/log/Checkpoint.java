package dev.millrace.log;

import dev.millrace.base.TopicId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * How far the partitions of a shard are flushed: what a start reads first. Replaced atomically. Text, so that it can be looked at:
 *
 * <pre>
 *   millrace-checkpoint 1
 *   clean false                                     whether everything was flushed and the journal holds nothing
 *   journal 4294967312                              first sequence of the journal that may have to be replayed
 *   partition ID N FLUSHED START SNAPSHOT           one line per partition
 *   crc 1f2e3d4c                                    CRC32C of all lines before
 * </pre>
 *
 * @param partitions by identity
 */
public record Checkpoint(boolean clean, long journalStartSequence, Map<PartitionId, Line> partitions) {

    public static final Checkpoint NONE = new Checkpoint(false, 0, Map.of());

    private static final String HEADER = "millrace-checkpoint 1";

    /**
     * One partition.
     *
     * @param flushedOffset everything below it is durable in segments
     * @param logStartOffset first readable offset
     * @param snapshotOffset the producer snapshot from which, together with the log behind it, the producers' states come; -1: there was
     *     no producer at {@code flushedOffset}
     */
    public record Line(long flushedOffset, long logStartOffset, long snapshotOffset) {

        /** What two checkpoints say together, of which one is older: a partition may have changed its shard between them. */
        Line newer(Line other) {
            Line last = flushedOffset >= other.flushedOffset ? this : other;
            return new Line(last.flushedOffset, Math.max(logStartOffset, other.logStartOffset), last.snapshotOffset);
        }
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder(128 + 80 * partitions.size());
        text.append(HEADER)
                .append("\nclean ")
                .append(clean)
                .append("\njournal ")
                .append(journalStartSequence)
                .append('\n');
        partitions.forEach((id, line) -> text.append("partition ")
                .append(id.topicId())
                .append(' ')
                .append(id.partition())
                .append(' ')
                .append(line.flushedOffset)
                .append(' ')
                .append(line.logStartOffset)
                .append(' ')
                .append(line.snapshotOffset)
                .append('\n'));
        String body = text.toString();
        return (body + "crc " + crcOf(body) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #toBytes} wrote; an {@link IOException} says what is wrong with it. */
    public static Checkpoint parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int crcAt = text.lastIndexOf("crc ");
        if (!text.startsWith(HEADER) || crcAt < 0) {
            throw new IOException("not a checkpoint of this version, or one cut short");
        }
        String body = text.substring(0, crcAt);
        if (!text.substring(crcAt + 4).strip().equals(crcOf(body))) {
            throw new IOException("the CRC of the checkpoint does not match");
        }
        try {
            List<String> lines = body.lines().toList();
            Map<PartitionId, Line> partitions = new HashMap<>();
            for (int i = 3; i < lines.size(); i++) {
                String[] fields = lines.get(i).split(" ", -1);
                partitions.put(
                        new PartitionId(TopicId.parse(fields[1]), Integer.parseInt(fields[2])),
                        new Line(Long.parseLong(fields[3]), Long.parseLong(fields[4]), Long.parseLong(fields[5])));
            }
            boolean clean = Boolean.parseBoolean(lines.get(1).substring("clean ".length()));
            return new Checkpoint(clean, Long.parseLong(lines.get(2).substring("journal ".length())), partitions);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("a damaged line in the checkpoint: " + e.getMessage(), e);
        }
    }

    private static String crcOf(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
