package dev.millrace.testkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.FileStore.Mode;
import dev.millrace.base.files.FileStoreContract;
import dev.millrace.base.files.StoreFile;
import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import dev.millrace.testkit.seeds.SeededTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimulatedFileStoreTest extends FileStoreContract {

    private static final Path DIRECTORY = Path.of("/data");

    @Override
    protected FileStore createStore() {
        return new SimulatedFileStore(1);
    }

    @Override
    protected Path createDirectory(FileStore store) throws IOException {
        store.createDirectories(DIRECTORY);
        return DIRECTORY;
    }

    @SeededTest
    void shouldKeepWhatWasSyncedThroughEveryCrash(Random random) throws IOException {
        SimulatedFileStore store = durableDirectory(random.nextLong());
        byte[] model = new byte[200_000];
        int syncedSize = 0;
        Path path = DIRECTORY.resolve("f");
        store.open(path, Mode.CREATE).close();
        store.syncDirectory(DIRECTORY);
        for (int life = 0; life < 20; life++) {
            try (StoreFile file = store.open(path, Mode.WRITE)) {
                assertThat(file.sizeBytes()).isGreaterThanOrEqualTo(syncedSize);
                assertThat(read(file, syncedSize)).isEqualTo(Arrays.copyOf(model, syncedSize));
                file.truncate(syncedSize);
                for (int i = random.nextInt(5); i >= 0; i--) {
                    byte[] more = new byte[random.nextInt(8000)];
                    random.nextBytes(more);
                    int room = model.length - syncedSize - more.length;
                    if (room > 0) {
                        file.write(ByteBuffer.wrap(more), syncedSize);
                        file.sync();
                        System.arraycopy(more, 0, model, syncedSize, more.length);
                        syncedSize += more.length;
                    }
                }
                file.write(ByteBuffer.allocate(20_000), syncedSize);
            }
            store.crash();
        }
    }

    @Test
    void shouldLoseKeepAndTearWhatWasNotSynced() throws IOException {
        Set<String> outcomes = new HashSet<>();
        Set<Long> sizes = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            SimulatedFileStore store = durableDirectory(seed);
            Path path = DIRECTORY.resolve("f");
            try (StoreFile file = store.open(path, Mode.CREATE)) {
                file.write(filled('a', 4096), 0);
                file.sync();
                store.syncDirectory(DIRECTORY);
                file.write(filled('b', 4096), 0);
                file.write(filled('c', 4096), 4096);
            }
            store.crash();
            byte[] left = store.readAll(path);
            sizes.add((long) left.length);
            outcomes.add(new String(left, 0, 4096, StandardCharsets.UTF_8));
            for (int sector = 0; sector < 4096; sector += 512) {
                String bytes = new String(left, sector, 512, StandardCharsets.UTF_8);
                assertThat(bytes).isIn("a".repeat(512), "b".repeat(512));
            }
        }
        assertThat(outcomes).contains("a".repeat(4096), "b".repeat(4096)).hasSizeGreaterThan(4);
        assertThat(sizes).contains(4096L, 8192L).hasSizeGreaterThan(4);
    }

    @Test
    void shouldLoseOrKeepNamesThatWereNotSynced() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            SimulatedFileStore store = durableDirectory(seed);
            write(store, "old", "1");
            store.syncDirectory(DIRECTORY);
            write(store, "new", "2");
            store.rename(DIRECTORY.resolve("old"), DIRECTORY.resolve("renamed"));
            store.createDirectories(DIRECTORY.resolve("d"));
            store.crash();
            List<String> names = store.list(DIRECTORY).stream()
                    .map(p -> String.valueOf(p.getFileName()))
                    .toList();
            assertThat(names.contains("old")).as("a rename is atomic").isNotEqualTo(names.contains("renamed"));
            outcomes.add(String.join(" ", names));
        }
        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        "old", "new old", "new renamed", "d new renamed", "renamed", "d old", "d renamed", "d new old");
    }

    @Test
    void shouldReplaceAtomicallyAcrossACrashAtEveryOperation() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            for (int crashAt = 0; crashAt < 8; crashAt++) {
                SimulatedFileStore store = durableDirectory(seed);
                Path path = DIRECTORY.resolve("checkpoint");
                store.replaceAtomically(path, bytes("before"));
                store.crashAtOperation(crashAt);
                boolean done = false;
                try {
                    store.replaceAtomically(path, bytes("after"));
                    done = true;
                } catch (SimulatedCrash expected) {
                    assertThatThrownBy(() -> store.readAll(path)).isInstanceOf(SimulatedCrash.class);
                }
                store.crash();
                String left = new String(store.readAll(path), StandardCharsets.UTF_8);
                assertThat(left).isIn("before", "after");
                assertThat(done && left.equals("before")).isFalse();
                outcomes.add(left);
            }
        }
        assertThat(outcomes).hasSize(2);
    }

    @Test
    void shouldDropPagesAfterAFailedSyncAndThenSayThatAllIsWell() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < 50; seed++) {
            SimulatedFileStore store = durableDirectory(seed);
            Path path = DIRECTORY.resolve("f");
            try (StoreFile file = store.open(path, Mode.CREATE)) {
                file.write(filled('a', 4096), 0);
                file.sync();
                store.syncDirectory(DIRECTORY);
                file.write(filled('b', 4096), 0);
                store.failNext(Operation.SYNC, path::equals);
                assertThatThrownBy(file::sync).isInstanceOf(IOException.class).hasMessageContaining("/data/f");
                file.sync();
            }
            store.crash();
            lost += store.readAll(path)[0] == 'a' ? 1 : 0;
        }
        assertThat(lost).isBetween(10, 49);
    }

    @Test
    void shouldFillUpAndGiveRoomBack() throws IOException {
        SimulatedFileStore store = durableDirectory(1);
        store.setLimitBytes(10 * 4096);
        Path path = DIRECTORY.resolve("f");
        try (StoreFile file = store.open(path, Mode.CREATE)) {
            file.write(filled('a', 30_000), 0);
            assertThat(store.usableBytes(path)).isEqualTo(2 * 4096);
            assertThatThrownBy(() -> file.write(filled('b', 30_000), 30_000))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");
            assertThat(file.sizeBytes()).isEqualTo(10 * 4096);
            assertThatThrownBy(() -> file.preallocate(100_000)).hasMessage("No space left on device");
            file.write(filled('c', 4096), 0);
        }
        store.delete(path);
        assertThat(store.usableBytes(path)).isEqualTo(10 * 4096);
    }

    @Test
    void shouldFlipBitsOnDemand() throws IOException {
        SimulatedFileStore store = durableDirectory(1);
        write(store, "f", "abc");
        store.flipBit(DIRECTORY.resolve("f"), 1, 0);
        assertThat(store.readAll(DIRECTORY.resolve("f"))).asString().isEqualTo("acc");
        long position = store.flipRandomBit(DIRECTORY.resolve("f"));
        assertThat(position).isBetween(0L, 2L);
    }

    @Test
    void shouldFailWhatItIsToldToFail() throws IOException {
        SimulatedFileStore store = durableDirectory(1);
        write(store, "f", "abc");
        store.failAlways(Operation.READ, p -> p.endsWith("f"));
        assertThatThrownBy(() -> store.readAll(DIRECTORY.resolve("f"))).hasMessageContaining("READ of /data/f");
        store.mend();
        assertThat(store.readAll(DIRECTORY.resolve("f"))).asString().isEqualTo("abc");
    }

    @Test
    void shouldKeepEverythingThroughAKillButNoOpenFileAndNoLock() throws IOException {
        SimulatedFileStore store = durableDirectory(1);
        StoreFile file = store.open(DIRECTORY.resolve("f"), Mode.CREATE);
        file.write(filled('a', 10), 0);
        store.lock(DIRECTORY.resolve("lock"));
        store.kill();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).hasMessageContaining("before the crash");
        assertThat(store.readAll(DIRECTORY.resolve("f"))).hasSize(10);
        store.lock(DIRECTORY.resolve("lock")).close();
    }

    @Test
    void shouldSyncAFileSystemWithAllItsNames() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            SimulatedFileStore store = new SimulatedFileStore(seed);
            store.setSyncsFileSystems(true);
            store.createDirectories(DIRECTORY.resolve("deep"));
            write(store, "deep/f", "abc");
            assertThat(store.syncFileSystem(DIRECTORY)).isTrue();
            store.crash();
            assertThat(store.readAll(DIRECTORY.resolve("deep/f"))).asString().isEqualTo("abc");
        }
    }

    @Test
    void shouldDoTheSameForTheSameSeed() throws IOException {
        assertThat(aLife(5)).isEqualTo(aLife(5));
    }

    private static String aLife(long seed) throws IOException {
        SimulatedFileStore store = durableDirectory(seed);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            write(store, "f" + i, "x".repeat(i * 997));
            store.crash();
            for (Path path : store.list(DIRECTORY)) {
                seen.append(path).append(Arrays.hashCode(store.readAll(path)));
            }
        }
        return seen.toString();
    }

    private static SimulatedFileStore durableDirectory(long seed) throws IOException {
        SimulatedFileStore store = new SimulatedFileStore(seed);
        store.createDirectories(DIRECTORY);
        store.syncDirectory(Path.of("/"));
        return store;
    }

    private static void write(SimulatedFileStore store, String name, String content) throws IOException {
        try (StoreFile file = store.open(DIRECTORY.resolve(name), Mode.CREATE)) {
            file.write(ByteBuffer.wrap(bytes(content)), 0);
        }
    }

    private static byte[] read(StoreFile file, int sizeBytes) throws IOException {
        byte[] bytes = new byte[sizeBytes];
        assertThat(file.read(ByteBuffer.wrap(bytes), 0)).isEqualTo(sizeBytes);
        return bytes;
    }

    private static ByteBuffer filled(char with, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
