package dev.millrace.base.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether bytes of one file are in the page cache. An answer is a hint: it may be out of date when it arrives.
 *
 * <p>Two ways, by cost as measured on 6.18 with pages in cache: {@code cachestat(2)} (Linux 6.5) takes 0.4 µs for any range, but wants
 * native bindings (about 0.1 s once) and a descriptor of its own, because a {@link FileChannel} does not give out its; mapping the
 * range and asking {@code mincore(2)} takes 8 µs for 4 KiB and 25 µs for 1 MiB and needs nothing. So the first answers map, while a thread
 * binds the other in the background; later on only a "no" is checked by mapping.
 */
final class PageCache {

    private static final int PAGE_SIZE_BYTES = 4096;

    private static final int NOT_OPEN = -1;
    private static final int CANNOT_OPEN = -2;
    private static final int CLOSED = -3;

    private final Path path;
    private final FileChannel channel;

    /** The second descriptor, opened when first wanted. One that was closed under a caller makes one hint wrong, no more. */
    private final AtomicInteger descriptor = new AtomicInteger(NOT_OPEN);

    PageCache(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    boolean isResident(long position, int sizeBytes) {
        if (!Platform.IS_LINUX || sizeBytes <= 0) {
            return true;
        }
        if (NativeCalls.canTellCachedPages()) {
            int fd = openDescriptor();
            long first = position / PAGE_SIZE_BYTES;
            long end = (position + sizeBytes + PAGE_SIZE_BYTES - 1) / PAGE_SIZE_BYTES;
            long residentPages = fd < 0 ? -1 : NativeCalls.cachedPages(fd, position, sizeBytes);
            if (residentPages >= end - first) {
                return true;
            }
            // Ask again: of a file on a layered file system this call sees no page, a mapping does. A disk costs more
            // than asking twice.
        }
        return isMappedResident(position, sizeBytes);
    }

    void close() {
        int fd = descriptor.getAndSet(CLOSED);
        if (fd >= 0) {
            NativeCalls.close(fd);
        }
    }

    private boolean isMappedResident(long position, int sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            long size = Math.min(sizeBytes, channel.size() - position);
            return size <= 0
                    || channel.map(FileChannel.MapMode.READ_ONLY, position, size, arena)
                            .isLoaded();
        } catch (IOException e) {
            return true; // Who reads it meets the error, and can say more about it.
        }
    }

    private int openDescriptor() {
        int fd = descriptor.get();
        if (fd != NOT_OPEN) {
            return fd;
        }
        int opened = NativeCalls.openForReading(path);
        int wanted = opened >= 0 ? opened : CANNOT_OPEN;
        if (descriptor.compareAndSet(NOT_OPEN, wanted)) {
            return wanted;
        }
        if (opened >= 0) {
            NativeCalls.close(opened);
        }
        return descriptor.get();
    }
}
