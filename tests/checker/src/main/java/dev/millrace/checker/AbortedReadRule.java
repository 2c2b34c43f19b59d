package dev.millrace.checker;

import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.WholeRead;
import java.util.List;
import java.util.function.Consumer;

/** Aborted-read: nobody who reads committed data is given a record of a transaction that was aborted, or never asked to commit. */
final class AbortedReadRule implements Rule {

    @Override
    public void look(Knowledge known, Consumer<Anomaly> found) {
        for (Operation operation : known.operations()) {
            switch (operation) {
                case Poll(Reader reader, String partition, List<Seen> records)
                when reader.isolation() == Isolation.COMMITTED ->
                    look(known, reader.name() + " was given ", partition, records, found);
                case WholeRead(Isolation isolation, String partition, long _, List<Seen> records)
                when isolation == Isolation.COMMITTED -> look(known, "committed is ", partition, records, found);
                default -> {}
            }
        }
    }

    private static void look(
            Knowledge known, String what, String partition, List<Seen> records, Consumer<Anomaly> found) {
        for (Seen seen : records) {
            RecordId record = new RecordId(partition, seen.value());
            known.transaction(record)
                    .filter(known::isAborted)
                    .ifPresent(transaction -> found.accept(Anomaly.in(
                            partition,
                            AnomalyKind.ABORTED_READ,
                            seen.value(),
                            what + record + " at offset " + seen.offset() + ", whose transaction " + transaction
                                    + " was not committed")));
        }
    }
}
