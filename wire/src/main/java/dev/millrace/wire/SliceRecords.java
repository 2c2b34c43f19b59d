package dev.millrace.wire;

import dev.millrace.log.Slice;
import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** Record batches in an answer that stay where they are until they are sent. Immutable. */
public final class SliceRecords implements BaseRecords {

    private final List<Slice> slices;
    private final int sizeBytes;

    public SliceRecords(List<Slice> slices) {
        this.slices = slices;
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.sizeBytes();
        }
        this.sizeBytes = sum;
    }

    public List<Slice> slices() {
        return slices;
    }

    @Override
    public int sizeInBytes() {
        return sizeBytes;
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new IllegalStateException("slices are sent by the answer's encoder, not by Kafka's own network classes");
    }
}
