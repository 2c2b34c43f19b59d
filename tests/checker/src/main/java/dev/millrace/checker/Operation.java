package dev.millrace.checker;

import java.util.List;
import java.util.Optional;

/**
 * One thing that a client did or saw. What it asks for is recorded before it asks, what it learns after it has learned it: so whatever stands later
 * in a history did not happen before.
 *
 * <pre>
 * Send ─────────► Acknowledged                        no answer, or a refusal: nothing is recorded, and nothing known
 * Committing ───► Committed                           no answer: the transaction is as a whole committed, or not
 *            └──► Aborted ◄── a transaction that was never Committing is aborted, sooner or later
 * MayDelete ────► Deleted
 * </pre>
 */
public sealed interface Operation {

    /** A record is sent, once: a client that repeats it by itself relies on being idempotent. */
    record Send(String client, String partition, String value, Optional<String> transaction) implements Operation {}

    /** The record is durable, at this offset, or at {@link #UNKNOWN_OFFSET}. */
    record Acknowledged(String client, String partition, long offset, String value) implements Operation {}

    /** The transaction is asked to commit; all its records were acknowledged. */
    record Committing(String client, String transaction) implements Operation {}

    record Committed(String client, String transaction) implements Operation {}

    record Aborted(String client, String transaction) implements Operation {}

    /** The reader goes on anywhere: it begins, was assigned the partition, or looked for another position. */
    record Seek(Reader reader, String partition) implements Operation {}

    /** The reader goes on with these records. */
    record Poll(Reader reader, String partition, List<Seen> records) implements Operation {}

    /**
     * Everything that a partition holds for this isolation, read when nobody writes and no transaction is open. Not a consumer's progress: such
     * reads have no position.
     */
    record WholeRead(Isolation isolation, String partition, long startOffset, List<Seen> records)
            implements Operation {}

    /** All members of the reader's group together have read this partition to its end. */
    record Drained(Reader reader, String partition) implements Operation {}

    /** From here on what lies before this offset may be gone. */
    record MayDelete(String partition, long beforeOffset) implements Operation {}

    /** What lies before this offset is gone. */
    record Deleted(String partition, long beforeOffset) implements Operation {}

    /** An acknowledgement that does not tell where. */
    long UNKNOWN_OFFSET = -1;
}
