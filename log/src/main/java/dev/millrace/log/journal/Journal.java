package dev.millrace.log.journal;

import dev.millrace.base.Check;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import dev.millrace.log.PartitionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The journal of a shard: what was accepted and is not yet flushed in its segment, in few preallocated files that are used again and
 * again. One {@code fdatasync} makes the appends of all partitions durable.
 *
 * <pre>
 *   append … append → write: one gather write into the page cache → sync: one fdatasync        (a group commit)
 *                                                     release: files whose entries are flushed in segments
 *
 *   0.journal [ 17 18 19 20 ]  1.journal [ 21 22 23 ·····  ]  2.journal [ free ]
 * </pre>
 *
 * <p>Owned by the shard's thread, except for {@link #allocate}.
 */
public final class Journal {

    static final String FILE_SUFFIX = ".journal";

    /**
     * How far a new life's sequences lie behind the last one that was found: behind a torn entry whole ones may follow that nobody saw,
     * and their sequences must not come again.
     */
    public static final long LIFE_DISTANCE = 1L << 32;

    private final FileStore files;
    private final Path directory;
    private final long maxSizeBytes;

    /** In use, oldest first; the last one is written. */
    private final Deque<JournalFile> used = new ArrayDeque<>();

    private final Deque<JournalFile> free = new ArrayDeque<>();
    private long allocatedBytes;
    private int filesCount;

    private long sequenceNext;
    private final List<ByteBuffer> staged = new ArrayList<>();
    private int stagedBytes;
    /** Where headers of staged entries are put together; direct, so that a gather write copies nothing. */
    private ByteBuffer headers = ByteBuffer.allocateDirect(16 * 1024);

    private Journal(FileStore files, Path directory, long maxSizeBytes, long sequenceNext) {
        this.files = files;
        this.directory = directory;
        this.maxSizeBytes = maxSizeBytes;
        this.sequenceNext = sequenceNext;
    }

    /**
     * Begins a journal in {@code directory}, whose old entries have all been replayed and flushed. Old files are used again.
     *
     * @param maxSizeBytes bound for all files together
     * @param fileSizeBytes size of the first file if there is none yet
     * @param sequenceNext at least {@link #LIFE_DISTANCE} above every sequence that was found in the old files
     */
    public static Journal begin(
            FileStore files, Path directory, long maxSizeBytes, long fileSizeBytes, long sequenceNext)
            throws IOException {
        Journal journal = new Journal(files, directory, maxSizeBytes, sequenceNext);
        files.createDirectories(directory);
        for (Path path : files.list(directory)) {
            if (path.getFileName().toString().endsWith(FILE_SUFFIX)) {
                journal.reuse(path);
            }
        }
        if (journal.free.isEmpty()) {
            journal.add(journal.allocate(fileSizeBytes));
        }
        return journal;
    }

    private void reuse(Path path) throws IOException {
        StoreFile file = files.open(path, FileStore.Mode.WRITE);
        long sizeBytes = file.sizeBytes();
        String name = path.getFileName().toString();
        filesCount =
                Math.max(filesCount, Integer.parseInt(name.substring(0, name.length() - FILE_SUFFIX.length())) + 1);
        if (sizeBytes <= JournalFile.HEADER_SIZE_BYTES || allocatedBytes + sizeBytes > maxSizeBytes) {
            file.close();
            files.delete(path);
            return;
        }
        allocatedBytes += sizeBytes;
        free.add(new JournalFile(file, sizeBytes));
    }

    static String name(int number) {
        return number + FILE_SUFFIX;
    }

    /** Makes a new file, zeroed and durable. Waits for the disk; may run on another thread, one at a time. */
    public Allocated allocate(long sizeBytes) throws IOException {
        Path path = directory.resolve(name(filesCount++));
        StoreFile file = files.open(path, FileStore.Mode.CREATE);
        try {
            file.preallocate(sizeBytes);
            file.sync();
            files.syncDirectory(directory);
            return new Allocated(new JournalFile(file, sizeBytes));
        } catch (IOException e) {
            file.close();
            files.delete(path);
            throw e;
        }
    }

    /** A new file that the journal does not use yet. */
    public static final class Allocated {
        private final JournalFile file;

        private Allocated(JournalFile file) {
            this.file = file;
        }
    }

    /** Takes a new file into use. */
    public void add(Allocated allocated) {
        free.add(allocated.file);
        allocatedBytes += allocated.file.capacityBytes;
    }

    /** Bytes that an entry with such a payload takes. */
    public static int entrySizeBytes(int payloadSizeBytes) {
        return JournalEntry.HEADER_SIZE_BYTES + payloadSizeBytes;
    }

    /** Whether entries of so many bytes together can be staged now, beside what is staged already. */
    public boolean hasRoomFor(long sizeBytes) {
        long needed = sizeBytes + stagedBytes + JournalFile.HEADER_SIZE_BYTES;
        if (!used.isEmpty() && used.getLast().hasRoomFor(needed)) {
            return true;
        }
        return !free.isEmpty() && free.getFirst().capacityBytes >= needed;
    }

    /** Whether the next file should be made ready: half of the last one is used, and none is free, and the bound allows one more. */
    public boolean wantsFile(long fileSizeBytes) {
        return free.isEmpty()
                && allocatedBytes + fileSizeBytes <= maxSizeBytes
                && (used.isEmpty() || used.getLast().positionBytes() > used.getLast().capacityBytes / 2);
    }

    /**
     * Stages an entry. {@code payload} is not copied: it must not change until {@link #write()} returns.
     *
     * @return its sequence
     */
    public long append(JournalEntry.Kind kind, PartitionId partition, long offset, ByteBuffer payload) {
        if (headers.remaining() < JournalEntry.HEADER_SIZE_BYTES) {
            headers = ByteBuffer.allocateDirect(headers.capacity() * 2);
        }
        int start = headers.position();
        JournalEntry.putHeader(headers, sequenceNext, kind, partition, offset, payload);
        staged.add(headers.slice(start, JournalEntry.HEADER_SIZE_BYTES));
        staged.add(payload.duplicate());
        stagedBytes += entrySizeBytes(payload.remaining());
        return sequenceNext++;
    }

    public boolean hasStaged() {
        return stagedBytes > 0;
    }

    /** Writes what is staged into the page cache. An exception is final: the journal must not be used again. */
    public void write() throws IOException {
        if (stagedBytes == 0) {
            return;
        }
        if (used.isEmpty() || !used.getLast().hasRoomFor(stagedBytes)) {
            startFile();
        }
        JournalFile file = used.getLast();
        file.write(staged.toArray(new ByteBuffer[0]), stagedBytes, sequenceNext - 1);
        staged.clear();
        stagedBytes = 0;
        headers.clear();
    }

    /** Moves to a free file; its header goes out with the entries. */
    private void startFile() throws IOException {
        if (!used.isEmpty()) {
            used.getLast().sync();
        }
        JournalFile next = free.poll();
        Check.that(next != null, "somebody made sure that the journal has room");
        long firstStaged = sequenceNext - staged.size() / 2;
        staged.addFirst(next.begin(firstStaged));
        stagedBytes += JournalFile.HEADER_SIZE_BYTES;
        used.add(next);
    }

    /** Makes what was written durable. An exception is final: the journal must not be used again. */
    public void sync() throws IOException {
        if (!used.isEmpty()) {
            used.getLast().sync();
        }
    }

    /** The sequence of the next entry. */
    public long sequenceNext() {
        return sequenceNext;
    }

    /** Bytes of the files that hold entries which were not released. */
    public long usedBytes() {
        long sum = 0;
        for (JournalFile file : used) {
            sum += file == used.getLast() ? file.positionBytes() : file.capacityBytes;
        }
        return sum;
    }

    /** The first sequence that is not released. */
    public long firstUsedSequence() {
        return used.isEmpty() ? sequenceNext : used.getFirst().firstSequence();
    }

    /** Whether one more file stays within the bound. */
    public boolean canGrowBy(long fileSizeBytes) {
        return allocatedBytes + fileSizeBytes <= maxSizeBytes;
    }

    public long maxSizeBytes() {
        return maxSizeBytes;
    }

    /** The first sequence that a replay still needs when everything before {@code flushedSequence} is flushed, except for what is pinned. */
    public long startSequenceAfterRelease(long flushedSequence, Pins pins) {
        for (JournalFile file : used) {
            if (pins.touches(file.firstSequence(), file.lastSequence())) {
                return Math.min(file.firstSequence(), flushedSequence);
            }
        }
        return flushedSequence;
    }

    /** Gives files free for use whose entries all lie before {@code flushedSequence}, unless they are pinned. */
    public void release(long flushedSequence, Pins pins) {
        List<JournalFile> freed = new ArrayList<>();
        for (JournalFile file : used) {
            if (file != used.getLast() && isFree(file, flushedSequence, pins)) {
                freed.add(file);
            }
        }
        used.removeAll(freed);
        free.addAll(freed);
    }

    private static boolean isFree(JournalFile file, long flushedSequence, Pins pins) {
        return file.lastSequence() < flushedSequence && !pins.touches(file.firstSequence(), file.lastSequence());
    }

    /** Which entries must be kept though everything else before them is flushed: those of partitions whose segment could not be. */
    public interface Pins {

        Pins NONE = (first, last) -> false;

        boolean touches(long firstSequence, long lastSequence);
    }

    /** Closes the files. What was not synced is as the operating system leaves it. */
    public void close() throws IOException {
        for (JournalFile file : used) {
            file.file.close();
        }
        for (JournalFile file : free) {
            file.file.close();
        }
    }
}
