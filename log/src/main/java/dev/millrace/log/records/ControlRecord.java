package dev.millrace.log.records;

import java.nio.ByteBuffer;

/**
 * The records of a control batch: the log writes them to tell readers how a transaction ended (KIP-98). All big-endian.
 *
 * <pre>
 *   key     version (2 bytes, 0), type (2 bytes: 0 abort, 1 commit)
 *   value   version (2 bytes, 0), epoch of the coordinator (4 bytes)
 * </pre>
 */
public final class ControlRecord {

    private static final short VERSION = 0;
    private static final int KEY_BYTES = 4;
    private static final int VALUE_BYTES = 6;

    /** What a control record says. */
    public enum Type {
        ABORT(0),
        COMMIT(1),
        /** A type that this version does not know. */
        UNKNOWN(-1);

        private final short id;

        Type(int id) {
            this.id = (short) id;
        }
    }

    private ControlRecord() {}

    /** A transaction's end, as the only record of a batch. The builder keeps its producer, and stays transactional and control. */
    public static ByteBuffer endOfTransaction(
            RecordBatchBuilder builder, boolean committed, int coordinatorEpoch, long timestampMs) {
        short type = committed ? Type.COMMIT.id : Type.ABORT.id;
        ByteBuffer key =
                ByteBuffer.allocate(KEY_BYTES).putShort(VERSION).putShort(type).flip();
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES)
                .putShort(VERSION)
                .putInt(coordinatorEpoch)
                .flip();
        return builder.transactional(true)
                .control(true)
                .add(timestampMs, key, value)
                .build();
    }

    /** The type that the key of a control record gives. */
    public static Type type(ByteBuffer key) {
        if (key.remaining() < KEY_BYTES) {
            return Type.UNKNOWN;
        }
        return switch (key.getShort(key.position() + 2)) {
            case 0 -> Type.ABORT;
            case 1 -> Type.COMMIT;
            default -> Type.UNKNOWN;
        };
    }
}
