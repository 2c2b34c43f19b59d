package dev.millrace.bench;

import dev.millrace.peer.Broker;
import dev.millrace.peer.Millrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs rows of the table, their sides in alternating rounds, and prints what came out as Markdown. */
public final class Bench implements AutoCloseable {
    private static final double QUICK_SCALE = 0.1;

    private final BenchOptions options;
    private final Path directory;
    private final Map<List<Object>, Broker> running = new LinkedHashMap<>();
    private final PageCache pageCache = new PageCache();
    private int brokersCount;

    private Bench(BenchOptions options) throws IOException {
        this.options = options;
        this.directory = Files.createTempDirectory("bench");
    }

    /** See {@link BenchOptions} for the arguments. */
    public static void main(String[] args) throws IOException {
        BenchOptions options = BenchOptions.parse(args);
        if (options.usesMillrace()) {
            new Millrace().train(Files.createTempDirectory("bench-training"));
        }
        Report report = new Report();
        try (Bench bench = new Bench(options)) {
            for (Row row : options.rows(Table.rows())) {
                report.add(row, bench.run(row));
            }
        }
        System.out.println(report.markdown());
    }

    /** The medians of each side. */
    private Map<Side, Figures> run(Row row) throws IOException {
        if (row.startsBrokers()) {
            stopBrokers();
        }
        List<Station> stations = new ArrayList<>();
        for (Side side : options.sides(row)) {
            Broker broker = row.startsBrokers() ? fresh(side) : shared(side);
            stations.add(new Station(side, broker, options.quick() ? QUICK_SCALE : 1));
        }
        try {
            stations.forEach(row::prepare);
            return rounds(row, stations);
        } finally {
            stations.forEach(row::tidy);
            if (row.startsBrokers()) {
                stations.forEach(station -> station.broker().stop());
            }
        }
    }

    /** The first rounds only warm brokers and clients, and are not counted. */
    private Map<Side, Figures> rounds(Row row, List<Station> stations) {
        Map<Side, List<Figures>> measured = new LinkedHashMap<>();
        stations.forEach(station -> measured.put(station.side(), new ArrayList<>()));
        int rounds = options.rounds().orElse(options.quick() ? 1 : row.rounds());
        List<Station> order = stations;
        for (int round = 1 - row.warmRounds(); round <= rounds; round++) {
            for (Station station : order) {
                pageCache.settle();
                Figures figures = row.measure(station);
                System.err.printf(
                        "%s, round %d, %s: %s%n",
                        row.name(), round, station.side().name(), figures.byMetric());
                if (round > 0) {
                    measured.computeIfAbsent(station.side(), _ -> new ArrayList<>())
                            .add(figures);
                }
            }
            order = order.reversed();
        }
        Map<Side, Figures> medians = new LinkedHashMap<>();
        measured.forEach((side, all) -> medians.put(side, Figures.medians(all)));
        return medians;
    }

    private Broker shared(Side side) throws IOException {
        List<Object> key = List.of(side.peer(), side.settings());
        Broker broker = running.get(key);
        if (broker == null) {
            broker = fresh(side);
            broker.start();
            running.put(key, broker);
        }
        return broker;
    }

    private Broker fresh(Side side) throws IOException {
        Path own = Files.createDirectory(directory.resolve("broker-" + brokersCount++));
        return options.peer(side).prepare(own, side.settings());
    }

    @Override
    public void close() {
        stopBrokers();
        pageCache.close();
    }

    private void stopBrokers() {
        running.values().forEach(Broker::stop);
        running.clear();
    }
}
