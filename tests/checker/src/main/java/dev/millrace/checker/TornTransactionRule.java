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

    /** What committed data has of a transaction. */
    private static final class Parts {
        final Set<String> partitions = new TreeSet<>();
        final Set<String> there = new TreeSet<>();
        final Set<String> missing = new TreeSet<>();
    }

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        Map<String, Set<String>> committedValues = new HashMap<>();
        Map<String, Set<String>> sentBefore = new HashMap<>();
        Map<String, Set<String>> sent = new HashMap<>();
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Send send
                when send.transaction().isPresent() ->
                    sent.computeIfAbsent(send.partition(), _ -> new HashSet<>()).add(send.value());
                case WholeRead read
                when read.isolation() == Isolation.COMMITTED -> {
                    Set<String> values = new HashSet<>();
                    read.records().forEach(seen -> values.add(seen.value()));
                    committedValues.put(read.partition(), values);
                    sentBefore.put(read.partition(), new HashSet<>(sent.getOrDefault(read.partition(), Set.of())));
                }
                default -> {}
            }
        }
        Map<String, Parts> byTransaction = new TreeMap<>();
        for (Send send : known.sends()) {
            boolean judged = sentBefore.getOrDefault(send.partition(), Set.of()).contains(send.value());
            send.transaction().filter(_ -> judged).ifPresent(transaction -> {
                Parts parts = byTransaction.computeIfAbsent(transaction, _ -> new Parts());
                boolean there =
                        committedValues.getOrDefault(send.partition(), Set.of()).contains(send.value());
                parts.partitions.add(send.partition());
                (there ? parts.there : parts.missing).add(new RecordId(send.partition(), send.value()).toString());
            });
        }
        byTransaction.forEach((transaction, parts) -> {
            if (!parts.there.isEmpty() && !parts.missing.isEmpty()) {
                found.accept(torn(transaction, parts));
            }
        });
    }

    private static Anomaly torn(String transaction, Parts parts) {
        return new Anomaly(
                AnomalyKind.TORN_TRANSACTION,
                parts.partitions,
                transaction,
                "of transaction " + transaction + " committed data has " + parts.there + " and lacks " + parts.missing);
    }
}
