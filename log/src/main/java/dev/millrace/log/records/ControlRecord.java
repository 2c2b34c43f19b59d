package dev.millrace.log.records;

import dev.millrace.base.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.Optional;

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

    /**
     * How a transaction ended.
     *
     * @param coordinatorEpoch of the coordinator that decided so
     */
    public record End(boolean committed, int coordinatorEpoch) {}

    private ControlRecord() {}

    /** What the control batch at {@code position}, which is all there, says; empty if it ends no transaction. Nothing is trusted. */
    public static Optional<End> end(ByteBuffer batches, int position) {
        if (!BatchHeader.isControl(batches, position)
                || !BatchHeader.isTransactional(batches, position)
                || BatchHeader.codecId(batches, position) != Codec.NONE.id()
                || BatchHeader.recordsCount(batches, position) < 1) {
            return Optional.empty();
        }
        int end = position + BatchHeader.sizeBytes(batches, position);
        RecordParser record = new RecordParser(batches, position + BatchHeader.SIZE_BYTES, end);
        try {
            record.next();
        } catch (MillraceException malformed) {
            return Optional.empty();
        }
        if (record.keySizeBytes < KEY_BYTES || record.valueSizeBytes < VALUE_BYTES) {
            return Optional.empty();
        }
        int coordinatorEpoch = batches.getInt(record.valuePosition + 2);
        return switch (type(batches, record.keyPosition)) {
            case ABORT -> Optional.of(new End(false, coordinatorEpoch));
            case COMMIT -> Optional.of(new End(true, coordinatorEpoch));
            case UNKNOWN -> Optional.empty();
        };
    }

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
        return type(key, key.position());
    }

    private static Type type(ByteBuffer buffer, int keyPosition) {
        return switch (buffer.getShort(keyPosition + 2)) {
            case 0 -> Type.ABORT;
            case 1 -> Type.COMMIT;
            default -> Type.UNKNOWN;
        };
    }
}
