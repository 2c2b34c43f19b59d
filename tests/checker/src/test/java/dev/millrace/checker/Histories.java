package dev.millrace.checker;

import dev.millrace.checker.Operation.Aborted;
import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Committing;
import dev.millrace.checker.Operation.Deleted;
import dev.millrace.checker.Operation.Drained;
import dev.millrace.checker.Operation.MayDelete;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Seek;
import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Histories by hand, of a producer {@code p} and a partition {@code a} unless said otherwise. Records are told as {@code "3=x 4=y"}. */
final class Histories {
    static final Reader COMMITTED = Reader.alone("committed", Isolation.COMMITTED);
    static final Reader UNCOMMITTED = Reader.alone("uncommitted", Isolation.UNCOMMITTED);

    private static final Pattern SPACE = Pattern.compile(" ");

    private final List<Operation> operations = new ArrayList<>();

    List<Operation> operations() {
        return operations;
    }

    Histories sends(String... values) {
        Stream.of(values).forEach(value -> operations.add(new Send("p", "a", value, Optional.empty())));
        return this;
    }

    Histories sendsIn(String transaction, String partition, String... values) {
        Stream.of(values).forEach(value -> operations.add(new Send("p", partition, value, Optional.of(transaction))));
        return this;
    }

    Histories acknowledged(String records) {
        return acknowledged("a", records);
    }

    Histories acknowledged(String partition, String records) {
        seen(records).forEach(it -> operations.add(new Acknowledged("p", partition, it.offset(), it.value())));
        return this;
    }

    /** Sent and acknowledged, in no transaction. */
    Histories written(String records) {
        seen(records).forEach(it -> sends(it.value()));
        return acknowledged(records);
    }

    Histories committing(String transaction) {
        operations.add(new Committing("p", transaction));
        return this;
    }

    Histories commits(String transaction) {
        operations.add(new Committing("p", transaction));
        operations.add(new Committed("p", transaction));
        return this;
    }

    Histories aborts(String transaction) {
        operations.add(new Aborted("p", transaction));
        return this;
    }

    Histories polls(Reader reader, String records) {
        operations.add(new Poll(reader, "a", seen(records)));
        return this;
    }

    Histories seeks(Reader reader) {
        operations.add(new Seek(reader, "a"));
        return this;
    }

    Histories drained(Reader reader) {
        operations.add(new Drained(reader, "a"));
        return this;
    }

    Histories whole(Isolation isolation, long startOffset, String records) {
        return whole(isolation, "a", startOffset, records);
    }

    Histories whole(Isolation isolation, String partition, long startOffset, String records) {
        operations.add(new WholeRead(isolation, partition, startOffset, seen(records)));
        return this;
    }

    Histories mayDelete(long beforeOffset) {
        operations.add(new MayDelete("a", beforeOffset));
        return this;
    }

    Histories deleted(long beforeOffset) {
        operations.add(new Deleted("a", beforeOffset));
        return this;
    }

    private static List<Seen> seen(String records) {
        return SPACE.splitAsStream(records)
                .filter(record -> !record.isEmpty())
                .map(record -> {
                    int equals = record.indexOf('=');
                    return new Seen(Long.parseLong(record.substring(0, equals)), record.substring(equals + 1));
                })
                .toList();
    }
}
