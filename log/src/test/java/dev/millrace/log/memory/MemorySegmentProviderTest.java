package dev.millrace.log.memory;

import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentProviderContract;

final class MemorySegmentProviderTest extends SegmentProviderContract {

    private final MemorySegmentProvider provider = new MemorySegmentProvider();

    @Override
    protected SegmentProvider create() {
        return provider;
    }

    @Override
    protected SegmentProvider reopen() {
        return provider;
    }
}
