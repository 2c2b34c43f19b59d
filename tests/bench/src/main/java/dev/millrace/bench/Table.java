package dev.millrace.bench;

import static dev.millrace.bench.Figures.COMMITS_PER_S;
import static dev.millrace.bench.Figures.CPU_PER_GB;
import static dev.millrace.bench.Figures.CPU_PER_MILLION;
import static dev.millrace.bench.Figures.P999_MS;
import static dev.millrace.bench.Figures.P99_MS;
import static dev.millrace.bench.Figures.RECORDS_PER_S;
import static dev.millrace.bench.Figures.SECONDS;
import static dev.millrace.bench.Goal.atLeast;
import static dev.millrace.bench.Goal.atMost;
import static dev.millrace.bench.Side.KAFKA;
import static dev.millrace.bench.Side.KAFKA_SYNCED;
import static dev.millrace.bench.Side.MILLRACE;
import static dev.millrace.bench.Side.MILLRACE_OS;

import java.util.List;

/** The rows of the table, in its order, with the ratios that must be reached. */
final class Table {
    private static final List<Side> BOTH = List.of(KAFKA, MILLRACE);
    private static final List<Side> THREE = List.of(KAFKA, MILLRACE, MILLRACE_OS);
    private static final List<Side> SYNCED = List.of(KAFKA_SYNCED, MILLRACE);
    private static final int TAIL_ROUNDS = 10;
    private static final int MANY_PARTITIONS = 10_000;

    private Table() {}

    static List<Row> rows() {
        return List.of(
                produce("produce-1k", "Produce 1 KiB, 12 partitions, acks=all, 64 KiB batches", 1_500_000, 1_024),
                produce("produce-100b", "The same, 100-byte records", 8_000_000, 100),
                compressed("produce-lz4", "The same, 1 KiB of JSON, lz4", "lz4"),
                compressed("produce-zstd", "The same, 1 KiB of JSON, zstd", "zstd"),
                new OneAtATimeRow(
                        "fifty",
                        "50 producers, one record at a time each, acks=all",
                        BOTH,
                        List.of(
                                atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1.2),
                                atMost(CPU_PER_MILLION, MILLRACE, KAFKA, 0.5),
                                atMost(P99_MS, MILLRACE, KAFKA, 0.5)),
                        50,
                        TAIL_ROUNDS),
                new OneAtATimeRow(
                        "one",
                        "One producer, one record at a time",
                        THREE,
                        List.of(
                                atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 0.5),
                                atLeast(RECORDS_PER_S, MILLRACE_OS, KAFKA, 1.3)),
                        1,
                        5),
                new ProduceRow(
                        "synced-1k",
                        "Produce 1 KiB, Kafka syncs each batch",
                        SYNCED,
                        List.of(atLeast(RECORDS_PER_S, MILLRACE, KAFKA_SYNCED, 3.5)),
                        500_000,
                        12,
                        Payload.random(1_024),
                        "none"),
                new OneAtATimeRow(
                        "synced-fifty",
                        "50 producers, Kafka syncs each batch",
                        SYNCED,
                        List.of(atLeast(RECORDS_PER_S, MILLRACE, KAFKA_SYNCED, 3)),
                        50,
                        5),
                new OneAtATimeRow(
                        "synced-one",
                        "One producer, Kafka syncs each batch",
                        SYNCED,
                        List.of(atLeast(RECORDS_PER_S, MILLRACE, KAFKA_SYNCED, 2)),
                        1,
                        5),
                CompactionRow.row(),
                latency("latency-2k", 2_000, 0, 0.5),
                latency("latency-20k", 20_000, 0, 0.5),
                latency("latency-2k-linger", 2_000, 5, 1),
                latency("latency-20k-linger", 20_000, 5, 1),
                consume("consume-one", "Consume from page cache, one consumer", 1, 2_000_000),
                consume("consume-four", "Consume from page cache, four groups", 4, 1_000_000),
                new PartitionsRow(
                        "partitions-create",
                        "A topic of 1,000 partitions: create, and write a record to each",
                        BOTH,
                        List.of(atMost(SECONDS, MILLRACE, KAFKA, 0.2))),
                new ProduceRow(
                        "partitions-produce",
                        "1,000 partitions, 100-byte records, as fast as it goes",
                        BOTH,
                        List.of(
                                atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1.2),
                                atMost(CPU_PER_MILLION, MILLRACE, KAFKA, 0.6)),
                        5_000_000,
                        1_000,
                        Payload.random(100),
                        "none"),
                new RestartRow(
                        "restart-clean",
                        "Restart with 1,000 partitions, stopped",
                        BOTH,
                        List.of(atMost(SECONDS, MILLRACE, KAFKA, 0.06)),
                        PartitionsRow.PARTITIONS,
                        false),
                new RestartRow(
                        "restart-killed",
                        "Restart with 1,000 partitions, killed",
                        BOTH,
                        List.of(atMost(SECONDS, MILLRACE, KAFKA, 0.107)),
                        PartitionsRow.PARTITIONS,
                        true),
                new StartRow(
                        "start",
                        "Exec to first Metadata answer",
                        BOTH,
                        List.of(atMost(SECONDS, MILLRACE, KAFKA, 0.16))),
                new IdleRow(
                        "idle",
                        "Idle",
                        BOTH,
                        List.of(
                                atMost(IdleRow.RESIDENT_MB, MILLRACE, KAFKA, 0.32),
                                atMost(IdleRow.CPU_PERCENT, MILLRACE, KAFKA, 0.115),
                                atMost(IdleRow.THREADS, MILLRACE, KAFKA, 0.29),
                                atMost(IdleRow.JARS_MB, MILLRACE, KAFKA, 0.89)),
                        0),
                transactions("transactions-one", "Transactions of one record each, one producer", 1),
                transactions("transactions-eight", "The same, eight producers", 8),
                new CopyRow(
                        "copy",
                        "Read, process, write: 100-byte records, a commit every 100 ms",
                        BOTH,
                        List.of(
                                atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1),
                                atMost(CPU_PER_MILLION, MILLRACE, KAFKA, 0.5))),
                rebalance("rebalance-classic", "20 members on 40 partitions, one joins and leaves, classic", "classic"),
                rebalance("rebalance-consumer", "The same, consumer protocol", "consumer"),
                // The goals are absolute: under 3 s, and under 1 % of a core.
                new RestartRow(
                        "restart-10k-clean",
                        "Restart with 10,000 partitions, stopped",
                        List.of(MILLRACE),
                        List.of(),
                        MANY_PARTITIONS,
                        false),
                new RestartRow(
                        "restart-10k-killed",
                        "Restart with 10,000 partitions, killed",
                        List.of(MILLRACE),
                        List.of(),
                        MANY_PARTITIONS,
                        true),
                new IdleRow("idle-10k", "Idle with 10,000 partitions", List.of(MILLRACE), List.of(), MANY_PARTITIONS));
    }

    private static Row transactions(String name, String title, int producers) {
        return new TransactionsRow(name, title, BOTH, List.of(atLeast(COMMITS_PER_S, MILLRACE, KAFKA, 3)), producers);
    }

    private static Row rebalance(String name, String title, String protocol) {
        return new RebalanceRow(
                name,
                title,
                BOTH,
                List.of(
                        atMost(RebalanceRow.JOIN_S, MILLRACE, KAFKA, 0.5),
                        atMost(RebalanceRow.LEAVE_S, MILLRACE, KAFKA, 0.5)),
                protocol);
    }

    private static Row produce(String name, String title, int records, int sizeBytes) {
        return new ProduceRow(
                name,
                title,
                THREE,
                List.of(
                        atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1),
                        atMost(CPU_PER_GB, MILLRACE, KAFKA, 0.9),
                        atMost(CPU_PER_GB, MILLRACE_OS, KAFKA, 0.6)),
                records,
                12,
                Payload.random(sizeBytes),
                "none");
    }

    private static Row compressed(String name, String title, String codec) {
        return new ProduceRow(
                name,
                title,
                BOTH,
                List.of(atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1), atMost(CPU_PER_GB, MILLRACE, KAFKA, 0.4)),
                1_500_000,
                12,
                Payload.flights(1_024),
                codec);
    }

    private static Row latency(String name, int perSecond, int lingerMs, double bound) {
        String title = String.format("End to end, open loop, %,d/s, linger.ms=%d", perSecond, lingerMs);
        return new LatencyRow(
                name,
                title,
                BOTH,
                List.of(atMost(P99_MS, MILLRACE, KAFKA, bound), atMost(P999_MS, MILLRACE, KAFKA, bound)),
                perSecond,
                lingerMs);
    }

    private static Row consume(String name, String title, int groups, int records) {
        return new ConsumeRow(
                name,
                title,
                BOTH,
                List.of(atLeast(RECORDS_PER_S, MILLRACE, KAFKA, 1), atMost(CPU_PER_GB, MILLRACE, KAFKA, 0.9)),
                groups,
                records);
    }
}
