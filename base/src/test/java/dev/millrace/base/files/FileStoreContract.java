package dev.millrace.base.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.files.FileStore.Mode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link FileStore} does while nothing fails. */
public abstract class FileStoreContract {

    private FileStore store;
    private Path directory;

    protected abstract FileStore createStore();

    /** A directory for one test; it exists in {@code store}. */
    protected abstract Path createDirectory(FileStore store) throws IOException;

    @BeforeEach
    final void setUp() throws IOException {
        store = createStore();
        directory = createDirectory(store);
    }

    @Test
    void shouldReadBackWhatWasWritten() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(text("hello world"), 0);
            file.write(text("W"), 6);
            assertThat(file.sizeBytes()).isEqualTo(11);
            assertThat(read(file, 0, 11)).isEqualTo("hello World");
            assertThat(read(file, 6, 100)).isEqualTo("World");
            assertThat(read(file, 11, 10)).isEmpty();
            assertThat(read(file, 500, 10)).isEmpty();
        }
    }

    @Test
    void shouldFillAGapWithZeros() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(text("x"), 10_000);
            assertThat(file.sizeBytes()).isEqualTo(10_001);
            assertThat(read(file, 0, 10_000)).isEqualTo("\0".repeat(10_000));
        }
    }

    @Test
    void shouldConsumeWhatItWritesAndLeaveTheRestOfTheTargetAlone() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            ByteBuffer source = text("abcdef").position(2).limit(4);
            file.write(source, 0);
            assertThat(source.hasRemaining()).isFalse();
            byte[] around = {'1', '2', '3', '4', '5', '6'};
            ByteBuffer target = ByteBuffer.wrap(around).position(1);
            assertThat(file.read(target, 0)).isEqualTo(2);
            assertThat(target.position()).isEqualTo(3);
            assertThat(around).asString().isEqualTo("1cd456");
        }
    }

    @Test
    void shouldWriteBuffersOneBehindTheOther() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(new ByteBuffer[] {text("ab"), text(""), text("cde")}, 0);
            file.write(text("X"), 1);
            file.write(new ByteBuffer[] {text("fg"), direct("h")}, 5);
            file.write(new ByteBuffer[] {text("Y"), text("Z")}, 2);
            file.write(new ByteBuffer[0], 0);
            assertThat(read(file, 0, 100)).isEqualTo("aXYZefgh");
        }
    }

    @Test
    void shouldHoldTheSameBytesAsAModelAfterManyRandomWrites() throws IOException {
        Random random = new Random(7);
        byte[] model = new byte[60_000];
        int size = 0;
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            for (int i = 0; i < 500; i++) {
                byte[] bytes = new byte[random.nextInt(10_000)];
                random.nextBytes(bytes);
                int position = random.nextInt(50_000);
                file.write(ByteBuffer.wrap(bytes), position);
                System.arraycopy(bytes, 0, model, position, bytes.length);
                size = bytes.length == 0 ? size : Math.max(size, position + bytes.length);
                if (i % 10 == 0) {
                    file.sync();
                }
                if (i % 50 == 0) {
                    int cut = random.nextInt(size + 1);
                    file.truncate(cut);
                    Arrays.fill(model, cut, model.length, (byte) 0);
                    size = cut;
                }
                assertThat(file.sizeBytes()).isEqualTo(size);
            }
            ByteBuffer target = ByteBuffer.allocate(size);
            assertThat(file.read(target, 0)).isEqualTo(size);
            assertThat(target.array()).isEqualTo(Arrays.copyOf(model, size));
        }
    }

    @Test
    void shouldPreallocateWithZerosAndNeverShrink() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(text("abc"), 0);
            file.preallocate(1_000_000);
            file.preallocate(10);
            assertThat(file.sizeBytes()).isEqualTo(1_000_000);
            assertThat(read(file, 0, 5)).isEqualTo("abc\0\0");
            assertThat(read(file, 999_999, 5)).isEqualTo("\0");
        }
    }

    @Test
    void shouldTruncate() throws IOException {
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(text("abcdef"), 0);
            file.truncate(10);
            file.truncate(3);
            assertThat(file.sizeBytes()).isEqualTo(3);
            file.write(text("x"), 4);
            assertThat(read(file, 0, 10)).isEqualTo("abc\0x");
        }
    }

    @Test
    void shouldOpenAsTheModeSays() throws IOException {
        Path path = directory.resolve("a");
        assertThatThrownBy(() -> store.open(path, Mode.READ)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store.open(path, Mode.WRITE)).isInstanceOf(NoSuchFileException.class);
        store.open(path, Mode.CREATE).close();
        assertThatThrownBy(() -> store.open(path, Mode.CREATE)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> store.open(directory.resolve("no/such"), Mode.CREATE))
                .isInstanceOf(NoSuchFileException.class);
        try (StoreFile file = store.open(path, Mode.READ)) {
            assertThatThrownBy(() -> file.write(text("x"), 0)).isInstanceOf(Exception.class);
            assertThat(file.path()).isEqualTo(path);
        }
    }

    @Test
    void shouldListSortedPathsAndNothingForAMissingDirectory() throws IOException {
        store.open(directory.resolve("b"), Mode.CREATE).close();
        store.createDirectories(directory.resolve("c/d"));
        store.open(directory.resolve("a"), Mode.CREATE).close();
        assertThat(store.list(directory))
                .containsExactly(directory.resolve("a"), directory.resolve("b"), directory.resolve("c"));
        assertThat(store.list(directory.resolve("missing"))).isEmpty();
        assertThat(store.isDirectory(directory.resolve("c"))).isTrue();
        assertThat(store.isDirectory(directory.resolve("a"))).isFalse();
        assertThat(store.isDirectory(directory.resolve("missing"))).isFalse();
        assertThat(store.exists(directory.resolve("a"))).isTrue();
        assertThat(store.exists(directory.resolve("missing"))).isFalse();
        store.createDirectories(directory.resolve("c/d"));
    }

    @Test
    void shouldDeleteFilesAndEmptyDirectoriesOnly() throws IOException {
        store.createDirectories(directory.resolve("d"));
        Path inside = directory.resolve("d/f");
        try (StoreFile file = store.open(inside, Mode.CREATE)) {
            file.write(text("still there"), 0);
            assertThatThrownBy(() -> store.delete(directory.resolve("d")))
                    .isInstanceOf(DirectoryNotEmptyException.class);
            store.delete(inside);
            assertThat(store.exists(inside)).isFalse();
            assertThat(read(file, 0, 20)).isEqualTo("still there");
        }
        store.delete(inside);
        store.delete(directory.resolve("d"));
        assertThat(store.list(directory)).isEmpty();
    }

    @Test
    void shouldDeleteATree() throws IOException {
        store.createDirectories(directory.resolve("t/u"));
        store.open(directory.resolve("t/u/f"), Mode.CREATE).close();
        store.open(directory.resolve("t/g"), Mode.CREATE).close();
        store.deleteTree(directory.resolve("t"));
        store.deleteTree(directory.resolve("t"));
        assertThat(store.list(directory)).isEmpty();
    }

    @Test
    void shouldRenameFilesAndDirectoriesAndReplaceFiles() throws IOException {
        write("a", "one");
        write("b", "two");
        store.rename(directory.resolve("a"), directory.resolve("b"));
        assertThat(store.readAll(directory.resolve("b"))).asString().isEqualTo("one");
        assertThat(store.exists(directory.resolve("a"))).isFalse();
        store.createDirectories(directory.resolve("d"));
        write("d/f", "three");
        store.rename(directory.resolve("d"), directory.resolve("e"));
        assertThat(store.readAll(directory.resolve("e/f"))).asString().isEqualTo("three");
        assertThatThrownBy(() -> store.rename(directory.resolve("missing"), directory.resolve("x")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldReplaceAtomically() throws IOException {
        Path path = directory.resolve("checkpoint");
        store.replaceAtomically(path, "one".getBytes(StandardCharsets.UTF_8));
        store.replaceAtomically(path, "two, longer".getBytes(StandardCharsets.UTF_8));
        assertThat(store.readAll(path)).asString().isEqualTo("two, longer");
        assertThat(store.list(directory)).containsExactly(path);
    }

    @Test
    void shouldGiveALockToOneAtATime() throws IOException {
        Path path = directory.resolve("lock");
        try (Closeable lock = store.lock(path)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> store.lock(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString());
        }
        store.lock(path).close();
    }

    @Test
    void shouldAnswerForSpaceAndForResidency() throws IOException {
        assertThat(store.usableBytes(directory.resolve("not-there-yet"))).isPositive();
        try (StoreFile file = store.open(directory.resolve("a"), Mode.CREATE)) {
            file.write(ByteBuffer.allocate(100_000), 0);
            file.load(0, 100_000);
            file.load(99_000, 5_000);
            assertThat(file.isResident(0, 100_000)).isTrue();
            assertThat(file.isResident(5_000, 1)).isTrue();
        }
    }

    @Test
    void shouldSyncEverything() throws IOException {
        store.syncFileSystem(directory);
        write("a", "one");
        store.syncFileSystem(directory);
        store.syncDirectory(directory);
        assertThat(store.readAll(directory.resolve("a"))).asString().isEqualTo("one");
    }

    private void write(String name, String content) throws IOException {
        try (StoreFile file = store.open(directory.resolve(name), Mode.CREATE)) {
            file.write(text(content), 0);
            file.sync();
        }
    }

    private static String read(StoreFile file, long position, int maxSizeBytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(maxSizeBytes);
        int count = file.read(target, position);
        assertThat(target.position()).isEqualTo(count);
        return new String(target.array(), 0, count, StandardCharsets.UTF_8);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(text(text)).flip();
    }
}
