package dev.millrace.control.groups.offsets;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.port.GroupOffsets;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The bytes of a committed offset's record. Numbers, counts and strings as {@link ByteWriter} draws them.
 *
 * <pre>
 * key    ┌───────────┬───────────┬──────────────────┬───────────────┬───────────────────┐
 *        │ version 0 │ kind int8 │ group id: string │ topic: string │ partition: varint │
 *        └───────────┴───────────┴──────────────────┴───────────────┴───────────────────┘
 * value  ┌───────────┬──────────────────┬─────────────────┬───────────────────────────────────────┬─ ─
 *        │ version 0 │ topic id: 16 B   │ offset: varlong │ leader epoch: varint, -1 if not known │
 *        └───────────┴──────────────────┴─────────────────┴───────────────────────────────────────┴─ ─
 *      ─ ─┬──────────────────┬─────────────────────────────────────┬──────────────────────────────────────────┐
 *         │ metadata: string │ committed: varlong, ms from epoch   │ expires: varlong, ms from epoch, -1 none │
 *      ─ ─┴──────────────────┴─────────────────────────────────────┴──────────────────────────────────────────┘
 * </pre>
 */
final class OffsetCodec {

    private static final int VERSION = 0;
    private static final int NONE = -1;

    private OffsetCodec() {}

    /** Whose position in what. */
    record OffsetKey(String groupId, GroupOffsets.Key partition) {}

    static byte[] encodeKey(String groupId, GroupOffsets.Key key) {
        return new ByteWriter(64)
                .version(VERSION)
                .int8(RecordKind.COMMITTED_OFFSET.id())
                .string(groupId)
                .string(key.topic())
                .varint(key.partition())
                .toByteArray();
    }

    static OffsetKey decodeKey(byte[] key) {
        ByteReader reader = new ByteReader(key, "the key of a committed offset");
        reader.version(VERSION);
        if (reader.int8() != RecordKind.COMMITTED_OFFSET.id()) {
            throw reader.corrupt("this is the key of something else");
        }
        String groupId = reader.string();
        GroupOffsets.Key partition = new GroupOffsets.Key(reader.string(), reader.varint());
        reader.end();
        return new OffsetKey(groupId, partition);
    }

    static byte[] encodeValue(CommittedOffset committed) {
        return new ByteWriter(64)
                .version(VERSION)
                .topicId(committed.topicId())
                .varlong(committed.position().offset())
                .varint(committed.position().leaderEpoch().orElse(NONE))
                .string(committed.position().metadata())
                .varlong(committed.committedAtMs())
                .varlong(committed.expiresAtMs().orElse(NONE))
                .toByteArray();
    }

    static CommittedOffset decodeValue(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a committed offset");
        reader.version(VERSION);
        TopicId topicId = reader.topicId();
        long offset = reader.varlong();
        int leaderEpoch = reader.varint();
        String metadata = reader.string();
        long committedAtMs = reader.varlong();
        long expiresAtMs = reader.varlong();
        reader.end();
        return new CommittedOffset(
                topicId,
                new GroupOffsets.Position(
                        offset, leaderEpoch == NONE ? OptionalInt.empty() : OptionalInt.of(leaderEpoch), metadata),
                committedAtMs,
                expiresAtMs == NONE ? OptionalLong.empty() : OptionalLong.of(expiresAtMs));
    }
}
