package dev.millrace.testkit.files;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All names of a disk, under one root, with those changes that a crash could still undo. Not thread-safe. */
final class NameTree {

    private final Directory root = new Directory();
    private final PendingNames pending = new PendingNames();

    Directory root() {
        return root;
    }

    void put(Directory directory, String name, Node node) {
        pending.apply(new PendingNames.Change(directory, name, Optional.of(node)));
    }

    void remove(Path path) throws IOException {
        pending.apply(new PendingNames.Change(parent(path), name(path), Optional.empty()));
    }

    /** Both halves as one change. */
    void rename(Path from, Path to, Node node) throws IOException {
        pending.apply(
                new PendingNames.Change(parent(from), name(from), Optional.empty()),
                new PendingNames.Change(parent(to), name(to), Optional.of(node)));
    }

    void sync(Directory directory) {
        pending.sync(directory);
    }

    void syncAll() {
        pending.syncAll();
    }

    /** Keeps some of the pending changes, and makes what is durable then what there is. */
    void crash(Random random, double keptShare) {
        pending.crash(random, keptShare);
        restore(root);
    }

    /** Every file that has a name. */
    void forEachFile(Consumer<FileContent> visitor) {
        visit(root, visitor);
    }

    private static void restore(Directory directory) {
        directory.seen = new TreeMap<>(directory.durable);
        for (Node node : directory.seen.values()) {
            if (node instanceof Directory child) {
                restore(child);
            }
        }
    }

    private static void visit(Directory directory, Consumer<FileContent> visitor) {
        for (Node node : directory.seen.values()) {
            switch (node) {
                case Directory child -> visit(child, visitor);
                case FileContent file -> visitor.accept(file);
            }
        }
    }

    FileContent file(Path path) throws NoSuchFileException {
        if (find(path) instanceof FileContent file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    Directory directory(Path path) throws IOException {
        return switch (find(path)) {
            case Directory directory -> directory;
            case FileContent file -> throw new NotDirectoryException(path.toString());
            case null -> throw new NoSuchFileException(path.toString());
        };
    }

    Directory parent(Path path) throws IOException {
        return directory(Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root has no parent"));
    }

    static String name(Path path) {
        return Objects.requireNonNull(path.getFileName(), "the root has no name")
                .toString();
    }

    @Nullable
    Node find(Path path) {
        Node at = root;
        for (Path name : path.toAbsolutePath().normalize()) {
            if (!(at instanceof Directory directory)) {
                return null;
            }
            at = directory.seen.get(name.toString());
        }
        return at;
    }
}
