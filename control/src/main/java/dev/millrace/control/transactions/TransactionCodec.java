package dev.millrace.control.transactions;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a transactional id's record. Numbers, counts and strings as {@link ByteWriter} draws them.
 *
 * <pre>
 * key    ┌───────────┬─────────────┬──────────────────────────┐
 *        │ version 0 │ kind 0 int8 │ transactional id: string │
 *        └───────────┴─────────────┴──────────────────────────┘
 * value  ┌───────────┬──────────────────────┬──────────────┬─────────────────────────────┬───────────────────┬─ ─
 *        │ version 0 │ producer id: varlong │ epoch: int16 │ previous producer id: v.l.  │ last epoch: int16 │
 *        └───────────┴──────────────────────┴──────────────┴─────────────────────────────┴───────────────────┴─ ─
 *      ─ ─┬───────────────────────────┬─────────────────────┬─────────────┬──────────────────────┬─ ─
 *         │ next producer id: varlong │ timeout: varint, ms │ state: int8 │ client version: int8 │
 *      ─ ─┴───────────────────────────┴─────────────────────┴─────────────┴──────────────────────┴─ ─
 *      ─ ─┬──────────────────┬──────────────────┬───────────────┐   topic  ┌──────────┬──────────────┬────────────────────┐
 *         │ started: varlong │ updated: varlong │ topics: count │  ╌╌╌╌╌╌→ │ id: 16 B │ name: string │ partitions: count, │
 *      ─ ─┴──────────────────┴──────────────────┴───────────────┘          └──────────┴──────────────┤ varint each        │
 *                                                                                                    └────────────────────┘
 * </pre>
 *
 * <p>-1 stands for none; times are ms since the epoch. Topics and partitions ascend, so that equal transactions have equal bytes.
 */
final class TransactionCodec {

    private static final int VERSION = 0;
    private static final int KIND = 0;
    /** Id, no name, no partitions. */
    private static final int TOPIC_MIN_BYTES = 18;

    private TransactionCodec() {}

    static MachineRecord encode(String transactionalId, Transaction transaction) {
        return new MachineRecord(encodeKey(transactionalId), Optional.of(encodeValue(transaction)));
    }

    /** The record that removes the id. */
    static MachineRecord encodeRemoval(String transactionalId) {
        return new MachineRecord(encodeKey(transactionalId), Optional.empty());
    }

    static byte[] encodeKey(String transactionalId) {
        return new ByteWriter(32)
                .version(VERSION)
                .int8(KIND)
                .string(transactionalId)
                .toByteArray();
    }

    static String decodeKey(byte[] key) {
        ByteReader reader = new ByteReader(key, "the key of a transactional id");
        reader.version(VERSION);
        if (reader.int8() != KIND) {
            throw reader.corrupt("this is the key of something else");
        }
        String transactionalId = reader.string();
        reader.end();
        return transactionalId;
    }

    static byte[] encodeValue(Transaction transaction) {
        ByteWriter writer = new ByteWriter(96)
                .version(VERSION)
                .varlong(transaction.producerId())
                .int16(transaction.producerEpoch())
                .varlong(transaction.previousProducerId())
                .int16(transaction.lastProducerEpoch())
                .varlong(transaction.nextProducerId())
                .varint(transaction.timeoutMs())
                .int8(transaction.state().id())
                .int8(transaction.clientVersion())
                .varlong(transaction.startedAtMs())
                .varlong(transaction.updatedAtMs());
        encodePartitions(transaction.partitions(), writer);
        return writer.toByteArray();
    }

    static Transaction decodeValue(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a transactional id");
        reader.version(VERSION);
        long producerId = reader.varlong();
        short producerEpoch = reader.int16();
        long previousProducerId = reader.varlong();
        short lastProducerEpoch = reader.int16();
        long nextProducerId = reader.varlong();
        int timeoutMs = reader.varint();
        TransactionState state = TransactionState.of(reader.int8());
        int clientVersion = reader.int8();
        long startedAtMs = reader.varlong();
        long updatedAtMs = reader.varlong();
        Set<TransactionPartition> partitions = decodePartitions(reader);
        reader.end();
        return new Transaction(
                producerId,
                producerEpoch,
                previousProducerId,
                lastProducerEpoch,
                nextProducerId,
                timeoutMs,
                state,
                partitions,
                startedAtMs,
                updatedAtMs,
                clientVersion);
    }

    private record Topic(String name, TopicId id) {}

    private static final Comparator<Topic> BY_ID =
            Comparator.comparing(topic -> topic.id().toString());

    private static void encodePartitions(Set<TransactionPartition> partitions, ByteWriter writer) {
        Map<String, Map<Topic, Set<Integer>>> byName = new TreeMap<>();
        for (TransactionPartition partition : partitions) {
            byName.computeIfAbsent(partition.topic(), name -> new TreeMap<>(BY_ID))
                    .computeIfAbsent(new Topic(partition.topic(), partition.topicId()), topic -> new TreeSet<>())
                    .add(partition.partition());
        }
        writer.count(byName.values().stream().mapToInt(Map::size).sum());
        byName.values()
                .forEach(topics -> topics.forEach((topic, numbers) -> {
                    writer.topicId(topic.id()).string(topic.name()).count(numbers.size());
                    numbers.forEach(writer::varint);
                }));
    }

    private static Set<TransactionPartition> decodePartitions(ByteReader reader) {
        Set<TransactionPartition> partitions = new LinkedHashSet<>();
        int topicsCount = reader.count(TOPIC_MIN_BYTES);
        for (int topic = 0; topic < topicsCount; topic++) {
            TopicId id = reader.topicId();
            String name = reader.string();
            int partitionsCount = reader.count(1);
            for (int partition = 0; partition < partitionsCount; partition++) {
                partitions.add(new TransactionPartition(id, name, reader.varint()));
            }
        }
        return partitions;
    }
}
