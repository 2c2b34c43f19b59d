package dev.millrace.log.files;

import dev.millrace.base.TopicId;
import dev.millrace.log.LogConfig;
import dev.millrace.log.segment.SegmentProvider.Recovered;
import dev.millrace.testkit.files.SimulatedFileStore;
import dev.millrace.testkit.simulation.SimulatedClock;
import dev.millrace.testkit.simulation.SimulatedScheduler;
import java.io.IOException;
import java.nio.file.Path;

/** A partition on a simulated disk, for tests. */
final class SimulatedPartition {

    static final TopicId TOPIC_ID = new TopicId(1, 2);

    final Path directory = Path.of("/data/topics/orders-0");
    final SimulatedFileStore files;
    final SimulatedScheduler scheduler = new SimulatedScheduler(new SimulatedClock());

    SimulatedPartition(long seed) {
        files = new SimulatedFileStore(seed);
    }

    FilesSegmentProvider open() {
        return new FilesSegmentProvider(files, directory, TOPIC_ID, () -> LogConfig.DEFAULT, scheduler, Runnable::run);
    }

    Recovered recover(long trustedOffset) throws IOException {
        return open().recover(trustedOffset);
    }

    SegmentPaths paths(long baseOffset) {
        return new SegmentPaths(directory, baseOffset);
    }
}
