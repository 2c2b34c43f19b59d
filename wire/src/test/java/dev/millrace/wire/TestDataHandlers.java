package dev.millrace.wire;

import dev.millrace.base.time.Scheduler;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.control.port.LogPort;
import dev.millrace.wire.fetch.FetchEngine;
import dev.millrace.wire.fetch.FetchSessions;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The data handlers over a {@link TestLog}, with everything that they need. */
public final class TestDataHandlers implements AutoCloseable {

    private static final Executor WAITING = task -> Thread.ofVirtual().start(task);
    private static final int SESSION_SLOTS = 10;

    private final ThreadScheduler scheduler = new ThreadScheduler(new SystemClock());
    private final AtomicLong producerIds = new AtomicLong(1000);
    private final TestLog log;

    public TestDataHandlers(Path directory) {
        this.log = new TestLog(directory, new SystemClock());
    }

    public TestLog log() {
        return log;
    }

    public List<Handler<?>> handlers() {
        return over(log, scheduler, () -> CompletableFuture.completedFuture(producerIds.getAndIncrement()));
    }

    /** The same handlers over any log. */
    public static List<Handler<?>> over(
            LogPort log, Scheduler scheduler, Supplier<CompletableFuture<Long>> producerIds) {
        RandomGenerator random = new Random();
        FetchSessions sessions = new FetchSessions(SESSION_SLOTS, new SystemClock(), random);
        return List.of(
                new H00_Produce(log),
                new H01_Fetch(new FetchEngine(log, sessions, scheduler, WAITING)),
                new H02_ListOffsets(log, WAITING),
                new H22_InitProducerId(producerIds, log.transactions()),
                new H23_OffsetForLeaderEpoch(log));
    }

    @Override
    public void close() {
        log.close();
        scheduler.close();
    }
}
