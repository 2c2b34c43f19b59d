package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.base.files.DiskFileStore;
import dev.millrace.base.files.FileStore;
import dev.millrace.log.LogConfig;
import dev.millrace.log.segment.SegmentProvider;
import dev.millrace.log.segment.SegmentProviderContract;
import dev.millrace.testkit.simulation.SimulatedClock;
import dev.millrace.testkit.simulation.SimulatedScheduler;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class DiskSegmentProviderTest extends SegmentProviderContract {

    private final FileStore files = new DiskFileStore();

    @TempDir
    private Path directory;

    @Override
    protected SegmentProvider create() {
        return reopen();
    }

    @Override
    protected SegmentProvider reopen() {
        return new FilesSegmentProvider(
                files,
                directory.resolve("topics").resolve("orders-3"),
                new TopicId(1, 2),
                () -> LogConfig.DEFAULT,
                new SimulatedScheduler(new SimulatedClock()),
                Runnable::run);
    }
}
