package dev.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the page cache supplied with memory that the machine has backed.
 *
 * <p>A virtual machine gives free memory back to its host within seconds, and the first write to a page that is not backed costs up to ten
 * times as much as the write itself: it would hide what is measured. So nearly all free memory is taken and touched, and given back while
 * the work goes on, as fast as the work takes it. Linux only; elsewhere it does nothing.
 */
final class PageCache implements AutoCloseable {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final long CHUNK_SIZE_BYTES = 64L << 20;

    /** What stays free: enough for what the work takes between two looks, too little to be worth giving back to the host. */
    private static final long FREE_MIN_BYTES = 512L << 20;

    private static final long FREE_MAX_BYTES = FREE_MIN_BYTES + 2 * CHUNK_SIZE_BYTES;
    private static final long LOOK_INTERVAL_MS = 10;

    /** Deleted topics leave the disk of either broker within this time. */
    private static final long DELETION_MS = 1_500;

    private final Deque<Arena> chunks = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread giver = new Thread(this::giveWhenNeeded, "bench-page-cache");

    PageCache() {
        giver.setDaemon(true);
        if (Files.exists(MEMORY)) {
            giver.start();
        }
    }

    /** Waits until what the last round deleted is gone, and takes the memory that this freed. */
    @SuppressWarnings("MustBeClosedChecker") // Chunks outlive this method; whoever gives them back closes them.
    void settle() {
        try {
            TimeUnit.MILLISECONDS.sleep(DELETION_MS);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
        if (!Files.exists(MEMORY)) {
            return;
        }
        lock.lock();
        try {
            while (freeBytes() > FREE_MAX_BYTES) {
                Arena chunk = Arena.ofShared();
                chunk.allocate(CHUNK_SIZE_BYTES);
                chunks.add(chunk);
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveWhenNeeded() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(LOOK_INTERVAL_MS);
                lock.lock();
                try {
                    for (long free = freeBytes();
                            free < FREE_MIN_BYTES && !chunks.isEmpty();
                            free += CHUNK_SIZE_BYTES) {
                        chunks.remove().close();
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private static long freeBytes() {
        try (var lines = Files.lines(MEMORY)) {
            String line =
                    lines.filter(one -> one.startsWith("MemFree:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        giver.interrupt();
        lock.lock();
        try {
            chunks.forEach(Arena::close);
            chunks.clear();
        } finally {
            lock.unlock();
        }
    }
}
