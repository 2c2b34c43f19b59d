package dev.millrace.base.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.millrace.base.files.FileStore.Mode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class DiskFileStoreTest extends FileStoreContract {

    @TempDir
    private Path directory;

    private final FileStore store = new DiskFileStore();

    @Override
    protected FileStore createStore() {
        return store;
    }

    @Override
    protected Path createDirectory(FileStore ignored) {
        return directory;
    }

    @Test
    void shouldNameTheProcessThatHoldsALock() throws Exception {
        Path path = directory.resolve("lock");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), LockHolder.class.getName(), path.toString())
                .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('+');
            assertThatThrownBy(() -> store.lock(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("process " + other.pid());
        } finally {
            other.destroyForcibly().waitFor();
        }
        store.lock(path).close();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellWhatIsNotInThePageCache() throws Exception {
        assumeFalse(Files.getFileStore(directory).type().equals("tmpfs"), "the page cache is all that tmpfs has");
        Path path = directory.resolve("cold");
        try (StoreFile file = store.open(path, Mode.CREATE)) {
            file.preallocate(4 << 20);
            file.sync();
            // The same question to both ways of asking: before and after the native calls are bound.
            boolean boundBefore = NativeCalls.canTellCachedPages();
            assertThat(file.isResident(0, 4 << 20)).isTrue();
            await().until(NativeCalls::canTellCachedPages);
            assertThat(file.isResident(0, 4 << 20))
                    .as("bound before: %s", boundBefore)
                    .isTrue();
            assertThat(file.isResident((4 << 20) - 100, 100)).isTrue();
            Process dd = new ProcessBuilder("dd", "of=" + path, "oflag=nocache", "conv=notrunc,fdatasync", "count=0")
                    .start();
            assertThat(dd.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(file.isResident(0, 4 << 20)).isFalse();
            file.load(1 << 20, 65536);
            assertThat(file.isResident(1 << 20, 65536)).isTrue();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepNoDescriptorBehindAClosedFile() throws Exception {
        await().until(NativeCalls::canTellCachedPages);
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            try (StoreFile file = store.open(directory.resolve("f" + i), Mode.CREATE)) {
                file.write(ByteBuffer.allocate(10), 0);
                assertThat(file.isResident(0, 10)).isTrue();
            }
        }
        assertThat(descriptors()).isLessThan(before + 20);
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** A process that takes a lock, says so, and waits to be killed. */
    static final class LockHolder {

        private LockHolder() {}

        public static void main(String[] arguments) throws Exception {
            Closeable lock = new DiskFileStore().lock(Path.of(arguments[0]));
            System.out.write('+');
            System.out.flush();
            Thread.sleep(TimeUnit.MINUTES.toMillis(2));
            lock.close();
        }
    }
}
