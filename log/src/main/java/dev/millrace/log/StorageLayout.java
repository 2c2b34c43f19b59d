package dev.millrace.log;

import dev.millrace.log.files.FilesSegmentProvider;
import dev.millrace.log.memory.MemorySegmentProvider;
import dev.millrace.log.segment.SegmentProvider;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Where things lie in a data directory, or that they lie nowhere. Immutable. */
final class StorageLayout {

    private static final String JOURNAL_PREFIX = "journal-";
    private static final String HELD_PREFIX = "journal-held-";

    private final Path root;
    private final LogEnvironment environment;
    private final boolean durable;

    private StorageLayout(Path root, LogEnvironment environment, boolean durable) {
        this.root = root;
        this.environment = environment;
        this.durable = durable;
    }

    static StorageLayout onDisk(Path root, LogEnvironment environment) {
        return new StorageLayout(root, environment, true);
    }

    static StorageLayout inMemory(Path root, LogEnvironment environment) {
        return new StorageLayout(root, environment, false);
    }

    /** Whether anything outlives the process. */
    boolean isDurable() {
        return durable;
    }

    Path root() {
        return root;
    }

    Path topics() {
        return root.resolve("topics");
    }

    Path shardDirectory(int index) {
        return root.resolve(JOURNAL_PREFIX + index);
    }

    /** Where a start puts entries of journals aside, see {@link dev.millrace.log.journal.HeldJournal}. */
    Path heldDirectory(int number) {
        return root.resolve(HELD_PREFIX + number);
    }

    /** The number of a directory that {@link #heldDirectory} gave; empty if it is another one. */
    static OptionalInt heldNumber(Path directory) {
        return number(directory, HELD_PREFIX);
    }

    /** The number of a directory that {@link #shardDirectory} gave; empty if it is another one. */
    static OptionalInt shardIndex(Path directory) {
        return number(directory, JOURNAL_PREFIX);
    }

    private static OptionalInt number(Path directory, String prefix) {
        String name = String.valueOf(directory.getFileName());
        return name.startsWith(prefix) ? PartitionPlace.number(name, prefix.length()) : OptionalInt.empty();
    }

    Path partitionDirectory(String topic, int partition) {
        return topics().resolve(topic + "-" + partition);
    }

    /** The segments of a partition in {@code directory}. */
    SegmentProvider provider(PartitionId id, Path directory, Supplier<LogConfig> config) {
        return durable
                ? new FilesSegmentProvider(
                        environment.files(),
                        directory,
                        id.topicId(),
                        config,
                        environment.scheduler(),
                        environment.background())
                : new MemorySegmentProvider();
    }
}
