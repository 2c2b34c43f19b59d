package dev.millrace.control.machine;

import dev.millrace.log.Append;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** What a machine needs of its partition. The machine is the only one that appends to it. Thread-safe. */
public interface MachineLog {

    /** The partition, for messages: {@code __consumer_offsets-7}. */
    String name();

    /** Appends one batch with the origin INTERNAL, see {@code PartitionPort#append}. */
    Append append(ByteBuffer batch);

    /** Has the next append begin a new segment, so that all before it can be dropped as whole files. */
    void roll();

    /** Whole, durable batches from the one that holds {@code offset} on, about {@code maxSizeBytes} of them, at least one. May wait for a disk. */
    ReadResult read(long offset, int maxSizeBytes) throws IOException;

    PartitionOffsets offsets();

    /** Gives up everything before {@code offset}; done when that is durable. Disk space comes back by whole segments. */
    CompletableFuture<?> dropBefore(long offset);
}
