package dev.millrace.wire.fetch;

import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.Slice;
import dev.millrace.wire.SliceRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings into the page cache what is not there, on a thread that may wait, so that the event loop that sends it never waits for a disk. Thread-safe.
 */
final class ColdReads {

    private static final Logger log = LoggerFactory.getLogger(ColdReads.class);

    private final Executor waiting;

    ColdReads(Executor waiting) {
        this.waiting = waiting;
    }

    /** Runs {@code then}: at once if everything is in memory, else by {@code loop} after it has been read. */
    void warm(List<FetchedPartition> fetched, Executor loop, Runnable then) {
        List<Slice.InFile> cold = new ArrayList<>();
        for (FetchedPartition partition : fetched) {
            collectCold(partition.data(), cold);
        }
        if (cold.isEmpty()) {
            then.run();
        } else {
            waiting.execute(() -> {
                touch(cold);
                loop.execute(then);
            });
        }
    }

    /** Has partitions looked at that rest, then runs {@code then}, on any thread. */
    void bringBack(List<PartitionPort> resting, Runnable then) {
        waiting.execute(() -> {
            try {
                resting.forEach(PartitionPort::bringBack);
            } finally {
                then.run();
            }
        });
    }

    private static void collectCold(PartitionData data, List<Slice.InFile> cold) {
        if (data.records() instanceof SliceRecords records) {
            for (Slice slice : records.slices()) {
                if (slice instanceof Slice.InFile file && !file.isResident()) {
                    cold.add(file);
                }
            }
        }
    }

    private static void touch(List<Slice.InFile> cold) {
        for (Slice.InFile slice : cold) {
            try {
                slice.file().load(slice.position(), slice.sizeBytes());
            } catch (IOException e) {
                // Sending meets the same error, and closes the connection.
                log.warn(
                        "event=cold-read-failed file={} reason=\"{}\"",
                        slice.file().path(),
                        e.toString());
            }
        }
    }
}
