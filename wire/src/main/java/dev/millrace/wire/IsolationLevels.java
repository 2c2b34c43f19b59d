package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;

/** How much a reader may see, as Fetch and ListOffsets number it (KIP-98). Stateless. */
public final class IsolationLevels {

    private static final byte READ_UNCOMMITTED = 0;
    public static final byte READ_COMMITTED = 1;

    private IsolationLevels() {}

    static boolean isKnown(byte level) {
        return level == READ_UNCOMMITTED || level == READ_COMMITTED;
    }

    static MillraceException unknown(byte level) {
        return new MillraceException(
                ErrorCode.INVALID_REQUEST,
                "there is no isolation level " + level + "; 0 (read uncommitted) and 1 (read committed) exist");
    }
}
