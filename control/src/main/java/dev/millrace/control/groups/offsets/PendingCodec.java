package dev.millrace.control.groups.offsets;

import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.port.GroupOffsets;

/**
 * The bytes of a pending offset's record. Numbers, counts and strings as {@link ByteWriter} draws them.
 *
 * <pre>
 * key    ┌───────────┬───────────┬──────────────────────┬──────────────────┬───────────────┬───────────────────┐
 *        │ version 0 │ kind int8 │ producer id: varlong │ group id: string │ topic: string │ partition: varint │
 *        └───────────┴───────────┴──────────────────────┴──────────────────┴───────────────┴───────────────────┘
 * value  ┌───────────┬───────────────────────┬──────────────────────────────────────────────────┐
 *        │ version 0 │ producer epoch: int16 │ bytes: the value of a committed offset, version 0 │
 *        └───────────┴───────────────────────┴──────────────────────────────────────────────────┘
 * </pre>
 */
final class PendingCodec {

    private static final int VERSION = 0;

    private PendingCodec() {}

    /** In whose transaction, and whose position in what. */
    record PendingKey(long producerId, OffsetCodec.OffsetKey offset) {}

    static byte[] encodeKey(PendingKey key) {
        return new ByteWriter(64)
                .version(VERSION)
                .int8(RecordKind.PENDING_OFFSET.id())
                .varlong(key.producerId())
                .string(key.offset().groupId())
                .string(key.offset().partition().topic())
                .varint(key.offset().partition().partition())
                .toByteArray();
    }

    static PendingKey decodeKey(byte[] key) {
        ByteReader reader = new ByteReader(key, "the key of a pending offset");
        reader.version(VERSION);
        if (reader.int8() != RecordKind.PENDING_OFFSET.id()) {
            throw reader.corrupt("this is the key of something else");
        }
        long producerId = reader.varlong();
        String groupId = reader.string();
        GroupOffsets.Key partition = new GroupOffsets.Key(reader.string(), reader.varint());
        reader.end();
        return new PendingKey(producerId, new OffsetCodec.OffsetKey(groupId, partition));
    }

    static byte[] encodeValue(PendingOffset pending) {
        return new ByteWriter(72)
                .version(VERSION)
                .int16(pending.producerEpoch())
                .bytes(OffsetCodec.encodeValue(pending.committed()))
                .toByteArray();
    }

    static PendingOffset decodeValue(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a pending offset");
        reader.version(VERSION);
        short producerEpoch = reader.int16();
        byte[] committed = reader.bytes();
        reader.end();
        return new PendingOffset(producerEpoch, OffsetCodec.decodeValue(committed));
    }
}
