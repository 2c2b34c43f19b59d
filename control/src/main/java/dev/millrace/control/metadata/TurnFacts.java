package dev.millrace.control.metadata;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.machine.FactLimits;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.List;

/** The facts of one request, entry by entry, held against what one turn may record. */
final class TurnFacts {

    /** One topic, or the configuration of the broker: far above anything sensible, far below what a batch holds. */
    static final int MAX_FACT_BYTES = 1 << 20;

    private final List<MachineRecord> facts = new ArrayList<>();
    private long sizeBytes;

    /**
     * Takes the fact of one entry.
     *
     * @param what for the message: {@code "topic orders"}
     * @throws MillraceException INVALID_CONFIG if it is too large by itself, POLICY_VIOLATION if the request is
     */
    void add(String what, MachineRecord fact) {
        if (fact.sizeBytes() > MAX_FACT_BYTES) {
            throw new MillraceException(
                    ErrorCode.INVALID_CONFIG,
                    "the configuration of " + what + " takes " + fact.sizeBytes() + " bytes; at most " + MAX_FACT_BYTES
                            + " can be kept");
        }
        if (sizeBytes + fact.sizeBytes() > FactLimits.MAX_TURN_BYTES) {
            throw new MillraceException(
                    ErrorCode.POLICY_VIOLATION,
                    "one request changes at most " + FactLimits.MAX_TURN_BYTES + " bytes of metadata, and with " + what
                            + " it would be more: ask for less at once");
        }
        sizeBytes += fact.sizeBytes();
        facts.add(fact);
    }

    void recordInto(Turn<?> turn) {
        facts.forEach(turn::record);
    }
}
