package dev.millrace.bench;

import dev.millrace.peer.ProcessStats;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A broker with nothing to do: ten seconds to settle after its start, then half a minute of measuring.
 *
 * @param partitions how many it has, of one topic; 0 for none
 */
record IdleRow(String name, String title, List<Side> sides, List<Goal> goals, int partitions) implements Row {
    static final String RESIDENT_MB = "resident MB";
    static final String CPU_PERCENT = "% of a core";
    static final String THREADS = "threads";
    static final String JARS_MB = "jars MB";

    private static final String TOPIC = "bench-idle";
    private static final int SETTLE_SECONDS = 10;
    private static final int SECONDS = 30;

    @Override
    public boolean startsBrokers() {
        return true;
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public int warmRounds() {
        return 0;
    }

    @Override
    public void prepare(Station station) {
        station.broker().start();
        if (partitions > 0) {
            station.createTopic(TOPIC, station.scaled(partitions));
        }
        station.broker().stop();
    }

    @Override
    public Figures measure(Station station) {
        station.broker().start();
        ProcessStats stats = station.broker().stats();
        try {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            double cpuBefore = stats.cpuSeconds();
            int seconds = station.scaled(SECONDS);
            TimeUnit.SECONDS.sleep(seconds);
            return Figures.of()
                    .with(RESIDENT_MB, (double) stats.residentSizeBytes() / 1e6)
                    .with(CPU_PERCENT, (stats.cpuSeconds() - cpuBefore) / seconds * 100)
                    .with(THREADS, (double) stats.threadsCount())
                    .with(JARS_MB, (double) station.side().peer().jarsSizeBytes() / 1e6);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        } finally {
            station.broker().stop();
        }
    }
}
