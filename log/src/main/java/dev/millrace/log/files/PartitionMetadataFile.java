package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.segment.CorruptSegmentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code partition.metadata}: whose partition a directory is (KIP-516). Text, in Kafka's format:
 *
 * <pre>
 *   version: 0
 *   topic_id: AAAAAAAAAAAAAAAAAAAAAA
 * </pre>
 */
public final class PartitionMetadataFile {

    /** Its name in the partition's directory. */
    public static final String NAME = "partition.metadata";

    private static final String FIRST_LINE = "version: 0\n";
    private static final String ID_FIELD = "topic_id: ";

    private PartitionMetadataFile() {}

    /** Writes the file, replacing one that a crash left behind. Not synced: the first flush of a segment does that. */
    static void write(FileStore files, Path directory, TopicId topicId) throws IOException {
        Path path = directory.resolve(NAME);
        files.delete(path);
        try (StoreFile file = files.open(path, FileStore.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content(topicId)), 0);
        }
    }

    /** Replaces the file, durably. */
    static void rewrite(FileStore files, Path directory, TopicId topicId) throws IOException {
        files.replaceAtomically(directory.resolve(NAME), content(topicId));
    }

    private static byte[] content(TopicId topicId) {
        return (FIRST_LINE + ID_FIELD + topicId + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static void sync(FileStore files, Path directory) throws IOException {
        try (StoreFile file = files.open(directory.resolve(NAME), FileStore.Mode.WRITE)) {
            file.sync();
        }
    }

    /** Fails unless {@code directory} says that it belongs to a partition of {@code topicId}, as one that was flushed does. */
    public static void check(FileStore files, Path directory, TopicId topicId) throws IOException {
        Optional<TopicId> owner = read(files, directory);
        if (owner.isEmpty() || !owner.get().equals(topicId)) {
            throw damaged(directory, owner, "the directory belongs to a partition of topic " + topicId);
        }
    }

    /**
     * What is wrong with a directory that does not say whose it is, or says that it is another's.
     *
     * @param known what is known of the directory otherwise
     */
    public static CorruptSegmentException damaged(Path directory, Optional<TopicId> owner, String known) {
        return new CorruptSegmentException(directory.resolve(NAME)
                + owner.map(id -> " names topic " + id).orElse(" is missing or names no topic") + ", though " + known
                + ". Nothing was changed. Bring the file back from a copy, or delete the partition's directory to go on"
                + " without its data");
    }

    /**
     * The topic's id; empty if there is no such file, or one without an id: a crash came before the partition's first flush. All
     * that was acknowledged of such a partition is in the journal.
     */
    public static Optional<TopicId> read(FileStore files, Path directory) throws IOException {
        String text;
        try {
            text = new String(files.readAll(directory.resolve(NAME)), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!text.startsWith(FIRST_LINE + ID_FIELD)) {
            return Optional.empty();
        }
        try {
            return Optional.of(TopicId.parse(
                    text.substring(FIRST_LINE.length() + ID_FIELD.length()).strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
