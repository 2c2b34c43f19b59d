package dev.millrace.control.machine;

import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A partition of this node as a machine's log. */
public final class PartitionMachineLog implements MachineLog {

    private static final Logger log = LoggerFactory.getLogger(PartitionMachineLog.class);

    private final PartitionLog partition;

    public PartitionMachineLog(PartitionLog partition) {
        this.partition = partition;
    }

    @Override
    public String name() {
        return partition.topic() + "-" + partition.id().partition();
    }

    @Override
    public Append append(ByteBuffer batch) {
        return partition.append(batch, AppendOptions.INTERNAL);
    }

    @Override
    public void roll() {
        var _ = partition.roll().whenComplete((offset, failure) -> {
            if (failure != null) {
                // Harmless: the snapshot shares a segment with older facts, which stay as long as it.
                log.warn("event=machine-log-not-rolled log={}", name(), failure);
            }
        });
    }

    @Override
    public ReadResult read(long offset, int maxSizeBytes) throws IOException {
        return partition.read(new ReadRequest(offset, maxSizeBytes, true, ReadRequest.Bound.DURABLE));
    }

    @Override
    public PartitionOffsets offsets() {
        return partition.offsets();
    }

    @Override
    public CompletableFuture<?> dropBefore(long offset) {
        return partition.deleteRecords(offset);
    }
}
