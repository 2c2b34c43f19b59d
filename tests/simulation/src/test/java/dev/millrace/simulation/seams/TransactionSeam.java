package dev.millrace.simulation.seams;

import dev.millrace.log.Append;
import java.util.List;
import java.util.OptionalInt;

/** What a transactional client asks a broker for: the seam at which {@link BrokenSeams} break one promise each. */
interface TransactionSeam {

    /**
     * Fences whoever had this producer id before, and aborts what it left open.
     *
     * @return the epoch to go on with; empty while the last transaction is not complete: then ask again
     */
    OptionalInt initialise(long producerId);

    /** Appends a batch of the producer's transaction, which begins with the first. */
    Append append(int partition, long producerId, int epoch, int baseSequence, List<String> values);

    /** Decides how the transaction ends; false for a producer that is fenced. */
    boolean end(long producerId, int epoch, boolean commit);

    /** Whether what was decided is in effect everywhere. */
    boolean isComplete(long producerId);

    /** Whether each transaction of the producer has an epoch of its own (KIP-890). */
    boolean isEpochBumped(long producerId);

    /** The process has started again: goes on with what was decided. */
    void resume();
}
