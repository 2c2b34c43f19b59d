package dev.millrace.base.files;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file systems of this machine: the one home of {@link FileChannel#open} and {@link Files}. */
public final class DiskFileStore implements FileStore {

    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<StandardOpenOption> WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    @Override
    public StoreFile open(Path path, Mode mode) throws IOException {
        Set<StandardOpenOption> options = switch (mode) {
            case READ -> READ;
            case WRITE -> WRITE;
            case CREATE -> CREATE;
        };
        return new DiskFile(path, FileChannel.open(path, options));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (Platform.IS_WINDOWS) {
            return; // Windows opens no directory as a file; NTFS journals names by itself.
        }
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    @Override
    public boolean syncFileSystem(Path directory) throws IOException {
        return FileSystemSync.sync(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return nearest(path).getUsableSpace();
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        return nearest(path).getTotalSpace();
    }

    /** The nearest directory that exists: it is on the same file system. */
    private static File nearest(Path path) throws IOException {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there)) {
            Path parent = there.getParent();
            if (parent == null) {
                throw new NoSuchFileException(path.toString());
            }
            there = parent;
        }
        // Not Files.getFileStore: that reads the table of mounts each time, this is one statvfs.
        return there.toFile();
    }

    @Override
    public byte[] readAll(Path path) throws IOException {
        return Files.readAllBytes(path);
    }

    @Override
    public void replaceAtomically(Path path, byte[] content) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path directory = Objects.requireNonNull(absolute.getParent(), () -> path + " is a directory");
        Path temporary = directory.resolve(absolute.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (StoreFile file = open(temporary, Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.sync();
        }
        rename(temporary, absolute);
        syncDirectory(directory);
    }

    @Override
    public Closeable lock(Path path) throws IOException {
        return DiskLock.take(path);
    }
}
