package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Refuses appends before the disk is full, so that what was acknowledged can still be flushed, and commits and deletions still work.
 * Asks the file system only now and then, and counts what was written in between. Owned by the shard's thread.
 */
final class DiskReserve {

    /** What even the control plane leaves alone: room for checkpoints and indexes. */
    private static final long FLOOR_BYTES = 4L << 20;

    private static final long PROBE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_EVERY_BYTES = 32L << 20;

    private final FileStore files;
    private final Path directory;
    private final Clock clock;
    private final long reserveBytes;
    private final long floorBytes;

    private long usableBytes;
    private long probedNs;
    private long writtenBytes = Long.MAX_VALUE / 2;

    DiskReserve(FileStore files, Path directory, Clock clock, long reserveBytes) {
        this.files = files;
        this.directory = directory;
        this.clock = clock;
        this.reserveBytes = reserveBytes;
        this.floorBytes = Math.min(FLOOR_BYTES, reserveBytes / 2);
    }

    /**
     * Accounts for bytes about to be written, or refuses them.
     *
     * @throws MillraceException DISK_FULL
     */
    void take(long sizeBytes, AppendOptions.Origin origin) {
        long limitBytes = origin == AppendOptions.Origin.CLIENT ? reserveBytes : floorBytes;
        if (!has(sizeBytes, limitBytes)) {
            throw new MillraceException(
                    ErrorCode.DISK_FULL,
                    "only " + usableBytes + " bytes are left on the disk of " + directory + ", of which " + limitBytes
                            + " are kept back: free some space, or shorten the retention of topics");
        }
        writtenBytes += sizeBytes;
    }

    /** Whether so many bytes can be written and {@code limitBytes} still be left. */
    boolean has(long sizeBytes, long limitBytes) {
        if (writtenBytes > PROBE_EVERY_BYTES
                || clock.monotonicNs() - probedNs > PROBE_INTERVAL_NS
                || usableBytes - writtenBytes - sizeBytes < limitBytes) {
            probe();
        }
        return usableBytes - sizeBytes >= limitBytes;
    }

    long reserveBytes() {
        return reserveBytes;
    }

    private void probe() {
        try {
            usableBytes = files.usableBytes(directory);
        } catch (IOException e) {
            usableBytes = Long.MAX_VALUE / 2; // The write itself will tell.
        }
        writtenBytes = 0;
        probedNs = clock.monotonicNs();
    }
}
