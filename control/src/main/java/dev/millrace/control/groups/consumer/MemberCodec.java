package dev.millrace.control.groups.consumer;

import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.Protocol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The bytes of what a member says of itself. Numbers, counts and strings as {@link ByteWriter} draws them; what is optional is a boolean and, if that
 * is true, the rest.
 *
 * <pre>
 * value    ┌───────────┬───────────────────┬─────────────────────────┬─────────────────────┬───────────────────┬─ ─
 *          │ version 0 │ member id: string │ instance id: opt string │ rack id: opt string │ client id: string │
 *          └───────────┴───────────────────┴─────────────────────────┴─────────────────────┴───────────────────┴─ ─
 *        ─ ─┬─────────────────────┬──────────────────────────────┬────────────────────────────────┬─ ─
 *           │ client host: string │ rebalance timeout ms: varint │ topics: count, name: string …  │
 *        ─ ─┴─────────────────────┴──────────────────────────────┴────────────────────────────────┴─ ─
 *        ─ ─┬────────────────────────┬─────────────────────────┬──────────────┐
 *           │ expression: opt string │ assignor: opt string    │ opt classic  │
 *        ─ ─┴────────────────────────┴─────────────────────────┴──────────────┘
 * classic  │ session timeout ms: varint │ protocols: count │ name: string, metadata: bytes … │
 * </pre>
 */
final class MemberCodec {

    private static final int SMALLEST_PROTOCOL_BYTES = 2;

    private MemberCodec() {}

    static byte[] encode(MemberMetadata member) {
        ByteWriter writer = new ByteWriter(256).version(ConsumerFacts.VERSION).string(member.memberId());
        optional(writer, member.instanceId());
        optional(writer, member.rackId());
        writer.string(member.clientId())
                .string(member.clientHost())
                .varint(member.rebalanceTimeoutMs())
                .count(member.topicNames().size());
        member.topicNames().forEach(writer::string);
        optional(writer, member.topicRegex());
        optional(writer, member.serverAssignor());
        writer.bool(member.isClassic());
        member.classic().ifPresent(classic -> {
            writer.varint(classic.sessionTimeoutMs()).count(classic.protocols().size());
            classic.protocols()
                    .forEach(protocol -> writer.string(protocol.name()).bytes(protocol.metadata()));
        });
        return writer.toByteArray();
    }

    static MemberMetadata decode(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a member");
        reader.version(ConsumerFacts.VERSION);
        String memberId = reader.string();
        Optional<String> instanceId = optional(reader);
        Optional<String> rackId = optional(reader);
        String clientId = reader.string();
        String clientHost = reader.string();
        int rebalanceTimeoutMs = reader.varint();
        SortedSet<String> topicNames = new TreeSet<>();
        for (int left = reader.count(1); left > 0; left--) {
            topicNames.add(reader.string());
        }
        Optional<String> topicRegex = optional(reader);
        Optional<String> serverAssignor = optional(reader);
        Optional<MemberMetadata.Classic> classic = reader.bool() ? Optional.of(classic(reader)) : Optional.empty();
        reader.end();
        return new MemberMetadata(
                memberId,
                instanceId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                Collections.unmodifiableSortedSet(topicNames),
                topicRegex,
                serverAssignor,
                classic);
    }

    private static MemberMetadata.Classic classic(ByteReader reader) {
        int sessionTimeoutMs = reader.varint();
        List<Protocol> protocols = new ArrayList<>();
        for (int left = reader.count(SMALLEST_PROTOCOL_BYTES); left > 0; left--) {
            protocols.add(new Protocol(reader.string(), reader.bytes()));
        }
        return new MemberMetadata.Classic(sessionTimeoutMs, List.copyOf(protocols));
    }

    private static void optional(ByteWriter writer, Optional<String> value) {
        writer.bool(value.isPresent());
        value.ifPresent(writer::string);
    }

    private static Optional<String> optional(ByteReader reader) {
        return reader.bool() ? Optional.of(reader.string()) : Optional.empty();
    }
}
