package dev.millrace.control.transactions;

import dev.millrace.base.error.MillraceException;
import java.util.Optional;

/** What is to become of a request. */
sealed interface Decision {

    /** No, and why. */
    record Refuse(MillraceException why) implements Decision {}

    /** It was done before, or changes nothing: answer with what there is. */
    record Answer(Transaction transaction) implements Decision {}

    /** The next version of the transaction, to be recorded, and answered with. */
    record Change(Transaction transaction) implements Decision {}

    /** Ask again with a producer id that nobody had before. */
    record AskForProducerId() implements Decision {}

    /**
     * Look again when the transaction that is being completed is.
     *
     * @param first what has to be recorded so that it will be
     */
    record Park(Optional<Transaction> first) implements Decision {}
}
