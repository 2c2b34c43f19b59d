package dev.millrace.checker;

import dev.millrace.checker.Operation.Aborted;
import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Committing;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a whole history tells when it is read to its end: rules look things up here. Immutable once made. */
final class Knowledge {
    private final List<Operation> operations;
    private final Map<RecordId, Send> sends = new HashMap<>();
    private final Map<String, NavigableMap<Long, String>> valueAt = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Set<String> committed = new HashSet<>();
    private final Set<String> aborted = new HashSet<>();

    Knowledge(List<Operation> operations) {
        this.operations = List.copyOf(operations);
        operations.forEach(this::learn);
        // A commit without an answer happened if anybody who reads committed data saw something of it.
        operations.forEach(this::learnCommits);
    }

    private void learn(Operation operation) {
        switch (operation) {
            case Send send -> sends.put(new RecordId(send.partition(), send.value()), send);
            case Acknowledged it when it.offset() >= 0 -> learn(it.partition(), it.offset(), it.value());
            case Poll poll -> poll.records().forEach(seen -> learn(poll.partition(), seen.offset(), seen.value()));
            case WholeRead read -> read.records().forEach(seen -> learn(read.partition(), seen.offset(), seen.value()));
            case Committing it -> asked.add(it.transaction());
            case Committed it -> committed.add(it.transaction());
            case Aborted it -> aborted.add(it.transaction());
            default -> {}
        }
    }

    private void learn(String partition, long offset, String value) {
        valueAt.computeIfAbsent(partition, _ -> new TreeMap<>()).putIfAbsent(offset, value);
    }

    private void learnCommits(Operation operation) {
        switch (operation) {
            case Poll(Reader reader, String partition, List<Seen> records)
            when reader.isolation() == Isolation.COMMITTED -> learnCommits(partition, records);
            case WholeRead(Isolation isolation, String partition, long _, List<Seen> records)
            when isolation == Isolation.COMMITTED -> learnCommits(partition, records);
            default -> {}
        }
    }

    private void learnCommits(String partition, List<Seen> records) {
        for (Seen seen : records) {
            transaction(new RecordId(partition, seen.value()))
                    .filter(it -> asked.contains(it) && !aborted.contains(it))
                    .ifPresent(committed::add);
        }
    }

    List<Operation> operations() {
        return operations;
    }

    Optional<Send> send(RecordId record) {
        return Optional.ofNullable(sends.get(record));
    }

    /** All records that were sent. */
    Iterable<Send> sends() {
        return Collections.unmodifiableCollection(sends.values());
    }

    /** The transaction that a record was sent in. */
    Optional<String> transaction(RecordId record) {
        return send(record).flatMap(Send::transaction);
    }

    /** The first value that anybody saw at each offset of a partition. */
    NavigableMap<Long, String> valueAt(String partition) {
        return valueAt.getOrDefault(partition, Collections.emptyNavigableMap());
    }

    /** Whether the transaction can only have been aborted. */
    boolean isAborted(String transaction) {
        return aborted.contains(transaction) || !asked.contains(transaction);
    }

    /** Whether a record that is in the log is there for a reader of this isolation, as soon as no transaction before it is open. */
    boolean isVisible(RecordId record, Isolation isolation) {
        return isolation == Isolation.UNCOMMITTED
                || transaction(record).map(committed::contains).orElse(true);
    }
}
