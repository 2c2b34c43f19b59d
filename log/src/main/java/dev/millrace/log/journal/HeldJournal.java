package dev.millrace.log.journal;

import dev.millrace.base.files.FileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A journal that a start writes once: copies of those entries that could not go where they belong, because their partition is offline.
 * The journals themselves are used again by the life that begins; a later start replays this one beside them. Its entries are
 * numbered anew, so that they follow each other as {@link JournalReplay} expects.
 *
 * <p>It has no bound of its own and needs none: each entry was in a bounded journal before, and a partition with entries here
 * takes no others until they are replayed. Not thread-safe.
 */
public final class HeldJournal implements AutoCloseable {

    private static final long FILE_SIZE_BYTES = 4L << 20;

    private final FileStore files;
    private final Path directory;
    private Optional<Journal> journal = Optional.empty();

    /** @param directory need not exist; nothing is made before the first entry */
    public HeldJournal(FileStore files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Copies an entry. */
    public void add(JournalEntry entry) throws IOException {
        int sizeBytes = Journal.entrySizeBytes(entry.payload().remaining());
        long fileSizeBytes = Math.max(FILE_SIZE_BYTES, JournalFile.HEADER_SIZE_BYTES + (long) sizeBytes);
        if (journal.isEmpty()) {
            journal = Optional.of(Journal.begin(files, directory, Long.MAX_VALUE, fileSizeBytes, 1));
        }
        Journal target = journal.get();
        if (!target.hasRoomFor(sizeBytes)) {
            target.add(target.allocate(fileSizeBytes));
        }
        target.append(entry.kind(), entry.partition(), entry.offset(), entry.payload());
        target.write();
    }

    /** Makes everything that was added durable, with the directory's name. */
    public void sync() throws IOException {
        Path parent = directory.getParent();
        if (journal.isPresent() && parent != null) {
            journal.get().sync();
            files.syncDirectory(parent);
        }
    }

    @Override
    public void close() throws IOException {
        if (journal.isPresent()) {
            journal.get().close();
        }
    }
}
