package dev.millrace.log.files;

import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentProviderContract;

final class SimulatedSegmentProviderTest extends SegmentProviderContract {

    private final SimulatedPartition partition = new SimulatedPartition(1);

    @Override
    protected SegmentProvider create() {
        return partition.open();
    }

    @Override
    protected SegmentProvider reopen() {
        return partition.open();
    }
}
