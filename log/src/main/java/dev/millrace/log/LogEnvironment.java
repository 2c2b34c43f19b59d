package dev.millrace.log;

import dev.millrace.base.AgentHost;
import dev.millrace.base.files.FileStore;
import dev.millrace.base.metrics.Metrics;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import java.util.concurrent.Executor;

/**
 * What the log takes from the world.
 *
 * @param background runs what waits for a disk and owns no state (flushes, deletions): virtual threads in production
 * @param agents gives the shards their threads
 */
public record LogEnvironment(
        FileStore files, Clock clock, Scheduler scheduler, Executor background, AgentHost agents, Metrics metrics) {}
