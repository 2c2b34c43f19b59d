package dev.millrace.testkit.files;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A disk in memory that keeps only what {@link FileStore} promises, and whose faults are chosen from a seed. Paths begin at an empty
 * root directory. Thread-safe, but deterministic only if one thread uses it.
 *
 * <p>{@link #crash()} is the power cut: of unsynced pages it keeps all, none, some, or single sectors of 512 bytes; of unsynced
 * names likewise. {@link #kill()} is the end of the process alone: everything written stays. After either, files that were open fail.
 *
 * <p>A failed sync does what Linux does: the pages it was to write count as clean from then on, whether the disk has them or not,
 * and the next sync succeeds without them.
 */
public final class SimulatedFileStore implements FileStore {

    /** Operations that can be made to fail. */
    public enum Operation {
        OPEN,
        READ,
        WRITE,
        SYNC,
        SYNC_DIRECTORY,
        RENAME,
        DELETE
    }

    private final Random random;
    private final NameTree names = new NameTree();
    private final Set<Path> locks = new HashSet<>();
    private final Faults faults = new Faults();

    private long limitBytes = Long.MAX_VALUE;
    private long usedPages;
    private long operationsCount;
    private long crashAtOperation = Long.MAX_VALUE;
    private int boots;
    private boolean resident = true;
    private boolean syncsFileSystems;

    public SimulatedFileStore(long seed) {
        this.random = new Random(seed);
        this.syncsFileSystems = random.nextBoolean();
    }

    // ---- Faults

    /** The power fails. Nobody uses the store meanwhile; afterwards it is as found at the next start. */
    public synchronized void crash() {
        double keptShare = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            default -> random.nextDouble();
        };
        names.crash(random, keptShare);
        usedPages = 0;
        names.forEachFile(file -> {
            file.crash(random, keptShare);
            usedPages += FileContent.pagesCount(file.sizeBytes());
        });
        boot();
    }

    /** The process ends, the machine goes on: what was written stays, synced or not. */
    public synchronized void kill() {
        boot();
    }

    /**
     * Throws {@link SimulatedCrash} from the operation that comes after {@code moreOperations} others that change the disk; a write is
     * cut short in the middle. From then on every operation throws it, until {@link #crash()} or {@link #kill()}.
     */
    public synchronized void crashAtOperation(long moreOperations) {
        crashAtOperation = operationsCount + moreOperations;
    }

    /** How many operations that change the disk were begun so far. */
    public synchronized long operationsCount() {
        return operationsCount;
    }

    /** The next {@code operation} on a path that matches fails with an {@link IOException}; a write does so half-way. */
    public synchronized void failNext(Operation operation, Predicate<Path> path) {
        faults.add(operation, path, true);
    }

    /** As {@link #failNext}, but every time, until {@link #mend()}. */
    public synchronized void failAlways(Operation operation, Predicate<Path> path) {
        faults.add(operation, path, false);
    }

    /** Takes back the failures that were ordered. What they did stays done. */
    public synchronized void mend() {
        faults.clear();
    }

    /** The disk's size: a write that needs more fails half-way, with the message that Linux gives. */
    public synchronized void setLimitBytes(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Bytes in files, in whole pages. */
    public synchronized long usedBytes() {
        return usedPages * FileContent.PAGE_SIZE_BYTES;
    }

    /** What {@link StoreFile#isResident} answers; true at first. */
    public synchronized void setResident(boolean resident) {
        this.resident = resident;
    }

    /** Whether {@link #syncFileSystem} works, as on Linux, or does nothing, as elsewhere; at first the seed decides. */
    public synchronized void setSyncsFileSystems(boolean syncsFileSystems) {
        this.syncsFileSystems = syncsFileSystems;
    }

    /** Rots one bit of a file, on the disk and in memory. */
    public synchronized void flipBit(Path path, long position, int bit) throws IOException {
        FileContent file = names.file(path);
        Objects.checkIndex(position, file.sizeBytes());
        file.flipBit(position, Objects.checkIndex(bit, 8));
    }

    /** Rots a bit anywhere in a file, which is not empty; returns the position of its byte. */
    public synchronized long flipRandomBit(Path path) throws IOException {
        long position = random.nextLong(names.file(path).sizeBytes());
        flipBit(path, position, random.nextInt(8));
        return position;
    }

    // ---- FileStore

    @Override
    public synchronized StoreFile open(Path path, Mode mode) throws IOException {
        if (mode != Mode.CREATE) {
            begin(Operation.OPEN, path);
            return new SimulatedFile(this, path, names.file(path), mode == Mode.READ, boots);
        }
        change(Operation.OPEN, path);
        Directory directory = names.parent(path);
        if (directory.seen.containsKey(NameTree.name(path))) {
            throw new FileAlreadyExistsException(path.toString());
        }
        FileContent created = new FileContent();
        names.put(directory, NameTree.name(path), created);
        return new SimulatedFile(this, path, created, false, boots);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return names.find(path) != null;
    }

    @Override
    public synchronized boolean isDirectory(Path path) {
        return names.find(path) instanceof Directory;
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        checkRunning();
        return names.find(directory) instanceof Directory found
                ? found.seen.keySet().stream().map(directory::resolve).toList()
                : List.of();
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        Directory at = names.root();
        for (Path name : directory.toAbsolutePath().normalize()) {
            Node next = at.seen.get(name.toString());
            if (next == null) {
                change(Operation.OPEN, directory);
                next = new Directory();
                names.put(at, name.toString(), next);
            }
            if (!(next instanceof Directory existing)) {
                throw new FileAlreadyExistsException(directory.toString());
            }
            at = existing;
        }
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        change(Operation.DELETE, path);
        Node node = names.find(path);
        if (node == null) {
            return;
        }
        if (node instanceof Directory directory && !directory.seen.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        release(node);
        names.remove(path);
    }

    @Override
    public synchronized void deleteTree(Path directory) throws IOException {
        for (Path path : list(directory)) {
            deleteTree(path);
        }
        delete(directory);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        change(Operation.RENAME, from);
        Node node = names.find(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        Node replaced = names.find(to);
        if (replaced instanceof Directory directory && !directory.seen.isEmpty()) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        if (replaced == node) {
            return;
        }
        if (replaced != null) {
            release(replaced);
        }
        names.rename(from, to, node);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        change(Operation.SYNC_DIRECTORY, directory);
        names.sync(names.directory(directory));
    }

    @Override
    public synchronized boolean syncFileSystem(Path directory) throws IOException {
        if (!syncsFileSystems) {
            return false;
        }
        operationsCount++;
        checkRunning();
        if (faults.strike(Operation.SYNC, directory)) {
            names.forEachFile(file -> file.failSync(random));
            throw failure(Operation.SYNC, directory);
        }
        names.forEachFile(FileContent::sync);
        names.syncAll();
        return true;
    }

    @Override
    public synchronized long usableBytes(Path path) {
        return Math.max(0, limitBytes - usedBytes());
    }

    @Override
    public synchronized byte[] readAll(Path path) throws IOException {
        try (StoreFile file = open(path, Mode.READ)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.sizeBytes()));
            file.read(content, 0);
            return content.array();
        }
    }

    @Override
    public synchronized void replaceAtomically(Path path, byte[] content) throws IOException {
        Path temporary = path.resolveSibling(NameTree.name(path) + ".tmp");
        delete(temporary);
        try (StoreFile file = open(temporary, Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.sync();
        }
        rename(temporary, path);
        syncDirectory(Objects.requireNonNull(path.toAbsolutePath().getParent()));
    }

    @Override
    public synchronized Closeable lock(Path path) throws IOException {
        if (!exists(path)) {
            open(path, Mode.CREATE).close();
        }
        Path key = path.toAbsolutePath().normalize();
        int boot = boots;
        if (!locks.add(key)) {
            throw new IOException(path + " is locked: this process holds it already");
        }
        return () -> unlock(key, boot);
    }

    private synchronized void unlock(Path key, int boot) {
        if (boot == boots) {
            locks.remove(key);
        }
    }

    // ---- What SimulatedFile needs; it holds this store's monitor.

    void read(SimulatedFile file) throws IOException {
        checkOpen(file);
        begin(Operation.READ, file.path());
    }

    /** Writes what fits and what faults leave; then throws if that was not all. */
    void write(SimulatedFile file, ByteBuffer source, long position) throws IOException {
        checkOpen(file);
        int wantedBytes = source.remaining();
        operationsCount++;
        if (operationsCount > crashAtOperation) {
            writePart(file, source, position, random.nextInt(wantedBytes + 1));
        }
        checkRunning();
        if (faults.strike(Operation.WRITE, file.path())) {
            writePart(file, source, position, random.nextInt(wantedBytes + 1));
            throw failure(Operation.WRITE, file.path());
        }
        long room = (limitBytes - usedBytes()) / FileContent.PAGE_SIZE_BYTES * FileContent.PAGE_SIZE_BYTES;
        long endWithoutGrowing = FileContent.pagesCount(file.content().sizeBytes()) * FileContent.PAGE_SIZE_BYTES;
        long fitting = Math.clamp(endWithoutGrowing + Math.max(0, room) - position, 0, wantedBytes);
        writePart(file, source, position, (int) fitting);
        if (fitting < wantedBytes) {
            throw new IOException("No space left on device");
        }
    }

    void extend(SimulatedFile file, long sizeBytes) throws IOException {
        checkOpen(file);
        change(Operation.WRITE, file.path());
        long more = FileContent.pagesCount(sizeBytes)
                - FileContent.pagesCount(file.content().sizeBytes());
        if (more * FileContent.PAGE_SIZE_BYTES > limitBytes - usedBytes()) {
            throw new IOException("No space left on device");
        }
        resize(file.content(), () -> file.content().extend(sizeBytes));
    }

    void truncate(SimulatedFile file, long sizeBytes) throws IOException {
        checkOpen(file);
        change(Operation.WRITE, file.path());
        resize(file.content(), () -> file.content().truncate(sizeBytes));
    }

    void sync(SimulatedFile file) throws IOException {
        checkOpen(file);
        operationsCount++;
        checkRunning();
        if (faults.strike(Operation.SYNC, file.path())) {
            file.content().failSync(random);
            throw failure(Operation.SYNC, file.path());
        }
        file.content().sync();
    }

    boolean isResident() {
        return resident;
    }

    // ---- Inside

    private void writePart(SimulatedFile file, ByteBuffer source, long position, int sizeBytes) {
        ByteBuffer part = source.slice(source.position(), sizeBytes);
        source.position(source.position() + sizeBytes);
        resize(file.content(), () -> file.content().write(part, position));
    }

    private void resize(FileContent content, Runnable change) {
        long before = FileContent.pagesCount(content.sizeBytes());
        change.run();
        usedPages += FileContent.pagesCount(content.sizeBytes()) - before;
    }

    /** A removed file gives its room back at once, also while somebody still reads it. */
    private void release(Node node) {
        if (node instanceof FileContent file) {
            usedPages -= FileContent.pagesCount(file.sizeBytes());
        }
    }

    private void boot() {
        boots++;
        locks.clear();
        crashAtOperation = Long.MAX_VALUE;
    }

    private void change(Operation operation, Path path) throws IOException {
        operationsCount++;
        begin(operation, path);
    }

    private void begin(Operation operation, Path path) throws IOException {
        checkRunning();
        if (faults.strike(operation, path)) {
            throw failure(operation, path);
        }
    }

    private void checkRunning() {
        if (operationsCount > crashAtOperation) {
            throw new SimulatedCrash("at operation " + operationsCount + " on the disk");
        }
    }

    private void checkOpen(SimulatedFile file) throws IOException {
        if (file.boot() != boots) {
            throw new IOException(file.path() + " was opened before the crash");
        }
    }

    private static IOException failure(Operation operation, Path path) {
        return new IOException("Input/output error (simulated): " + operation + " of " + path);
    }
}
