package dev.millrace.simulation;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A disk that says it synced and did not: with it the checker must find lost writes, or it finds nothing. */
final class LyingFileStore implements FileStore {

    private final FileStore files;
    private final Predicate<Path> lies;

    /** @param lies for which files, and for which directories, a sync does nothing */
    LyingFileStore(FileStore files, Predicate<Path> lies) {
        this.files = files;
        this.lies = lies;
    }

    @Override
    public StoreFile open(Path path, Mode mode) throws IOException {
        StoreFile file = files.open(path, mode);
        return lies.test(path) ? new LyingFile(file) : file;
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        files.syncDirectory(directory);
    }

    @Override
    public boolean syncFileSystem(Path directory) throws IOException {
        return lies.test(directory) || files.syncFileSystem(directory);
    }

    @Override
    public boolean exists(Path path) {
        return files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return files.isDirectory(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        files.createDirectories(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        files.delete(path);
    }

    @Override
    public void deleteTree(Path directory) throws IOException {
        files.deleteTree(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return files.usableBytes(path);
    }

    @Override
    public byte[] readAll(Path path) throws IOException {
        return files.readAll(path);
    }

    @Override
    public void replaceAtomically(Path path, byte[] content) throws IOException {
        files.replaceAtomically(path, content);
    }

    @Override
    public Closeable lock(Path path) throws IOException {
        return files.lock(path);
    }

    private record LyingFile(StoreFile file) implements StoreFile {

        @Override
        public void sync() {}

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            file.write(sources, position);
        }

        @Override
        public void preallocate(long sizeBytes) throws IOException {
            file.preallocate(sizeBytes);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public boolean isResident(long position, int sizeBytes) {
            return file.isResident(position, sizeBytes);
        }

        @Override
        public void load(long position, int sizeBytes) throws IOException {
            file.load(position, sizeBytes);
        }

        @Override
        public Optional<FileChannel> channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
