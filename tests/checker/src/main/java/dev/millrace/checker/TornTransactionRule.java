package dev.millrace.checker;

import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Torn-transaction: of each transaction the last whole reads of committed data show every record, or none. */
final class TornTransactionRule implements Rule {

    /** The last whole read of a partition: which records there are, and which had been sent in transactions before it. */
    private record Outcome(Set<String> there, Set<String> sent) {}

    /** What committed data has of a transaction. */
    private static final class Parts {
        final Set<String> partitions = new TreeSet<>();
        final Set<String> there = new TreeSet<>();
        final Set<String> missing = new TreeSet<>();
    }

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Map<String, Outcome> outcomes = outcomes(known);
        Map<String, Parts> byTransaction = new TreeMap<>();
        for (Send send : known.sends()) {
            Outcome outcome = outcomes.get(send.partition());
            if (outcome != null && outcome.sent().contains(send.value())) {
                Parts parts = byTransaction.computeIfAbsent(send.transaction().orElseThrow(), _ -> new Parts());
                parts.partitions.add(send.partition());
                Set<String> part = outcome.there().contains(send.value()) ? parts.there : parts.missing;
                part.add(new RecordId(send.partition(), send.value()).toString());
            }
        }
        byTransaction.forEach((transaction, parts) -> {
            if (!parts.there.isEmpty() && !parts.missing.isEmpty()) {
                found.accept(torn(transaction, parts));
            }
        });
    }

    private static Map<String, Outcome> outcomes(Knowledge known) {
        Map<String, Outcome> outcomes = new HashMap<>();
        Map<String, Set<String>> sent = new HashMap<>();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Send send
                when send.transaction().isPresent() ->
                    sent.computeIfAbsent(send.partition(), _ -> new HashSet<>()).add(send.value());
                case WholeRead read
                when read.isolation() == Isolation.COMMITTED -> {
                    Set<String> there = new HashSet<>();
                    read.records().forEach(seen -> there.add(seen.value()));
                    outcomes.put(
                            read.partition(),
                            new Outcome(there, Set.copyOf(sent.getOrDefault(read.partition(), Set.of()))));
                }
                default -> {}
            }
        }
        return outcomes;
    }

    private static Anomaly torn(String transaction, Parts parts) {
        return new Anomaly(
                AnomalyKind.TORN_TRANSACTION,
                parts.partitions,
                transaction,
                "of transaction " + transaction + " committed data has " + parts.there + " and lacks " + parts.missing);
    }
}
