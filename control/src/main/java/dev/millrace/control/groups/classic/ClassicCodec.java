package dev.millrace.control.groups.classic;

import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.RecordKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a classic group's record. Numbers, counts and strings as {@link ByteWriter} draws them; an optional string is a boolean and,
 * if that is true, the string.
 *
 * <pre>
 * key    ┌───────────┬───────────┬──────────────────┐
 *        │ version 0 │ kind int8 │ group id: string │
 *        └───────────┴───────────┴──────────────────┘
 * value  ┌───────────┬───────────────────┬──────────────────────────┬──────────────────────────┬──────────────────────────┬─ ─
 *        │ version 0 │ generation: int32 │ protocol type: opt string│ protocol: opt string     │ leader id: opt string    │
 *        └───────────┴───────────────────┴──────────────────────────┴──────────────────────────┴──────────────────────────┴─ ─
 *      ─ ─┬─────────────────────────────────────┬───────────────┬──────────┐
 *         │ state since: varlong, ms from epoch │ members: count│ member … │
 *      ─ ─┴─────────────────────────────────────┴───────────────┴──────────┘
 * member ┌───────────────────┬─────────────────────────┬───────────────────┬─────────────────────┬─ ─
 *        │ member id: string │ instance id: opt string │ client id: string │ client host: string │
 *        └───────────────────┴─────────────────────────┴───────────────────┴─────────────────────┴─ ─
 *      ─ ─┬─────────────────────────────┬───────────────────────────┬──────────────────┬────────────────────────────┬───────────────────┐
 *         │ rebalance timeout ms: varint│ session timeout ms: varint│ protocols: count │ name: string, metadata: bytes … │ assignment: bytes │
 *      ─ ─┴─────────────────────────────┴───────────────────────────┴──────────────────┴────────────────────────────┴───────────────────┘
 * </pre>
 */
final class ClassicCodec {

    private static final int VERSION = 0;
    private static final int SMALLEST_MEMBER_BYTES = 8;
    private static final int SMALLEST_PROTOCOL_BYTES = 2;

    private ClassicCodec() {}

    static byte[] encodeKey(String groupId) {
        return new ByteWriter()
                .version(VERSION)
                .int8(RecordKind.CLASSIC_GROUP.id())
                .string(groupId)
                .toByteArray();
    }

    static String decodeKey(byte[] key) {
        ByteReader reader = new ByteReader(key, "the key of a classic group");
        reader.version(VERSION);
        if (reader.int8() != RecordKind.CLASSIC_GROUP.id()) {
            throw reader.corrupt("this is the key of something else");
        }
        String groupId = reader.string();
        reader.end();
        return groupId;
    }

    static byte[] encodeValue(ClassicMetadata metadata) {
        ByteWriter writer = new ByteWriter(256).version(VERSION).int32(metadata.generation());
        optionalString(writer, metadata.protocolType());
        optionalString(writer, metadata.protocolName());
        optionalString(writer, metadata.leaderId());
        writer.varlong(metadata.stateSinceMs()).count(metadata.members().size());
        metadata.members().forEach(member -> encodeMember(writer, member));
        return writer.toByteArray();
    }

    private static void encodeMember(ByteWriter writer, ClassicMetadata.Member member) {
        writer.string(member.memberId());
        optionalString(writer, member.instanceId());
        writer.string(member.clientId())
                .string(member.clientHost())
                .varint(member.rebalanceTimeoutMs())
                .varint(member.sessionTimeoutMs())
                .count(member.protocols().size());
        member.protocols().forEach(protocol -> writer.string(protocol.name()).bytes(protocol.metadata()));
        writer.bytes(member.assignment());
    }

    static ClassicMetadata decodeValue(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a classic group");
        reader.version(VERSION);
        int generation = reader.int32();
        Optional<String> protocolType = optionalString(reader);
        Optional<String> protocolName = optionalString(reader);
        Optional<String> leaderId = optionalString(reader);
        long stateSinceMs = reader.varlong();
        int membersCount = reader.count(SMALLEST_MEMBER_BYTES);
        List<ClassicMetadata.Member> members = new ArrayList<>(membersCount);
        for (int i = 0; i < membersCount; i++) {
            members.add(decodeMember(reader));
        }
        reader.end();
        return new ClassicMetadata(
                generation, protocolType, protocolName, leaderId, stateSinceMs, List.copyOf(members));
    }

    private static ClassicMetadata.Member decodeMember(ByteReader reader) {
        String memberId = reader.string();
        Optional<String> instanceId = optionalString(reader);
        String clientId = reader.string();
        String clientHost = reader.string();
        int rebalanceTimeoutMs = reader.varint();
        int sessionTimeoutMs = reader.varint();
        int protocolsCount = reader.count(SMALLEST_PROTOCOL_BYTES);
        List<Protocol> protocols = new ArrayList<>(protocolsCount);
        for (int i = 0; i < protocolsCount; i++) {
            protocols.add(new Protocol(reader.string(), reader.bytes()));
        }
        return new ClassicMetadata.Member(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                List.copyOf(protocols),
                reader.bytes());
    }

    private static void optionalString(ByteWriter writer, Optional<String> value) {
        writer.bool(value.isPresent());
        value.ifPresent(writer::string);
    }

    private static Optional<String> optionalString(ByteReader reader) {
        return reader.bool() ? Optional.of(reader.string()) : Optional.empty();
    }
}
