package dev.millrace.log.compaction;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.PartitionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * How far partitions were compacted: {@code DIR/cleaner-offset-checkpoint-N}, one file for each thread that compacts. Text:
 *
 * <pre>
 *   millrace-cleaner 1
 *   partition TOPIC_ID NUMBER CLEANED TOUCHED     one line each
 *   crc HEX                                       CRC32C of the lines before
 * </pre>
 *
 * <p>If it is lost or old, more is compacted again than would be necessary, and nothing else happens.
 */
public final class CleanerCheckpoint {

    public static final String NAME_PREFIX = "cleaner-offset-checkpoint-";

    private static final String HEADER = "millrace-cleaner 1\n";

    private CleanerCheckpoint() {}

    /**
     * What it says of one partition.
     *
     * @param cleanedOffset everything before is compacted
     * @param touchedOffset before it offsets may be missing
     */
    public record Line(long cleanedOffset, long touchedOffset) {

        /** What two of them say together. */
        public Line plus(Line other) {
            return new Line(Math.max(cleanedOffset, other.cleanedOffset), Math.max(touchedOffset, other.touchedOffset));
        }
    }

    public static byte[] toBytes(Map<PartitionId, Line> lines) {
        StringBuilder text = new StringBuilder(HEADER);
        lines.forEach((id, line) -> text.append("partition ")
                .append(id.topicId())
                .append(' ')
                .append(id.partition())
                .append(' ')
                .append(line.cleanedOffset)
                .append(' ')
                .append(line.touchedOffset)
                .append('\n'));
        String body = text.toString();
        return (body + "crc " + crcOf(body) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What all threads left in {@code directory}, together.
     *
     * @param onDamage takes the path of a file that cannot be read and so counts for nothing, and what is wrong with it
     */
    public static Map<PartitionId, Line> readAll(FileStore files, Path directory, BiConsumer<Path, String> onDamage)
            throws IOException {
        Map<PartitionId, Line> all = new HashMap<>();
        for (Path path : files.list(directory)) {
            if (String.valueOf(path.getFileName()).matches(NAME_PREFIX + "\\d{1,4}")) {
                try {
                    parse(files.readAll(path)).forEach((id, line) -> all.merge(id, line, Line::plus));
                } catch (IOException e) {
                    onDamage.accept(path, String.valueOf(e.getMessage()));
                }
            }
        }
        return all;
    }

    /** Reads what {@link #toBytes} wrote; an {@link IOException} says what is wrong with it. */
    public static Map<PartitionId, Line> parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int crcAt = text.lastIndexOf("crc ");
        if (!text.startsWith(HEADER)
                || crcAt < 0
                || !text.substring(crcAt + 4).strip().equals(crcOf(text.substring(0, crcAt)))) {
            throw new IOException("not a checkpoint of compaction of this version, or a damaged one");
        }
        Map<PartitionId, Line> result = new HashMap<>();
        List<String> lines = text.substring(HEADER.length(), crcAt).lines().toList();
        try {
            for (String line : lines) {
                String[] fields = line.split(" ", -1);
                result.put(
                        new PartitionId(TopicId.parse(fields[1]), Integer.parseInt(fields[2])),
                        new Line(Long.parseLong(fields[3]), Long.parseLong(fields[4])));
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("a damaged line in the checkpoint of compaction: " + e.getMessage(), e);
        }
        return result;
    }

    private static String crcOf(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
