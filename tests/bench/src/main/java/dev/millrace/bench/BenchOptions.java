package dev.millrace.bench;

import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the command line asked for: {@code [--row NAME]... [--rounds N] [--quick] [--kafka-alone] [--side NAME]...}.
 *
 * @param rowNames the rows to run; empty for all
 * @param sideNames the sides that take part, for a profiler; empty for all
 * @param rounds how many rounds are counted, when it is not each row's own number
 * @param quick a tenth of the work and one round: to see whether it runs, not how fast
 * @param kafkaAlone Kafka in Millrace's place as well, which tells how far equal sides seem to differ
 */
record BenchOptions(
        List<String> rowNames, List<String> sideNames, OptionalInt rounds, boolean quick, boolean kafkaAlone) {
    static BenchOptions parse(String[] args) {
        List<String> rowNames = new ArrayList<>();
        List<String> sideNames = new ArrayList<>();
        OptionalInt rounds = OptionalInt.empty();
        boolean quick = false;
        boolean kafkaAlone = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--row" -> rowNames.add(value(args, ++i));
                case "--side" -> sideNames.add(value(args, ++i));
                case "--rounds" -> rounds = OptionalInt.of(Integer.parseInt(value(args, ++i)));
                case "--quick" -> quick = true;
                case "--kafka-alone" -> kafkaAlone = true;
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        return new BenchOptions(rowNames, sideNames, rounds, quick, kafkaAlone);
    }

    private static String value(String[] args, int index) {
        if (index == args.length) {
            throw new IllegalArgumentException(args[index - 1] + " needs a value");
        }
        return args[index];
    }

    List<Row> rows(List<Row> all) {
        for (String name : rowNames) {
            if (all.stream().noneMatch(row -> row.name().equals(name))) {
                throw new IllegalArgumentException("no row " + name + "; there are "
                        + all.stream().map(Row::name).toList());
            }
        }
        return all.stream()
                .filter(row -> rowNames.isEmpty() || rowNames.contains(row.name()))
                .toList();
    }

    List<Side> sides(Row row) {
        return row.sides().stream()
                .filter(side -> sideNames.isEmpty() || sideNames.contains(side.name()))
                .toList();
    }

    boolean usesMillrace() {
        return !kafkaAlone;
    }

    Peer peer(Side side) {
        return kafkaAlone ? ApacheKafka.NEWEST : side.peer();
    }
}
