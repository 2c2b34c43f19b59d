package dev.millrace.parity;

import static dev.millrace.parity.DataRequests.PRODUCE_VERSION;
import static dev.millrace.parity.DataRequests.produce;
import static dev.millrace.parity.DataRequests.produceById;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Produce and InitProducerId: good batches, refused ones, and the sequences of idempotent producers. */
final class ProduceChapter implements Chapter {
    private static final String TOPIC = "produce";

    /** In a batch of {@link Batches#plain}: its records have 17 bytes each, the third and fourth of which are the differences to the batch. */
    private static final int FIRST_RECORD_POSITION = 61;

    private static final int LEADER_EPOCH_POSITION = 12;
    private static final int SECOND_OFFSET_DELTA_POSITION = 61 + 17 + 3;

    @Override
    public String name() {
        return "produce";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(Requests.topic(TOPIC, 2));
        accepted(stage, topicId);
        misdirected(stage);
        malformed(stage);
        odd(stage);
        limits(stage);
        producers(stage);
        sequences(stage);
        stage.ask("what was stored", DataRequests.fetch(TOPIC, 0, 0), DataRequests.FETCH_VERSION);
    }

    private static void accepted(Stage stage, Uuid topicId) {
        ask(stage, "one batch", Batches.plain(3));
        ask(stage, "headers and nulls", Batches.withHeaders());
        ask(stage, "gzip", Batches.compressed(Compression.gzip().build(), 3));
        ask(stage, "snappy", Batches.compressed(Compression.snappy().build(), 3));
        ask(stage, "lz4", Batches.compressed(Compression.lz4().build(), 3));
        ask(stage, "zstd", Batches.compressed(Compression.zstd().build(), 3));
        stage.ask(
                "zstd in version 6",
                produce(TOPIC, 0, Batches.compressed(Compression.zstd().build(), 3)),
                6);
        stage.ask("acks=1", produce(TOPIC, 0, Batches.plain(1)).setAcks((short) 1), PRODUCE_VERSION);
        stage.connection().sendUnanswered(produce(TOPIC, 0, Batches.plain(1)).setAcks((short) 0), PRODUCE_VERSION);
        ask(stage, "after acks=0", Batches.plain(1));
        stage.ask("by topic id", produceById(topicId, 0, Batches.plain(1)), DataRequests.PRODUCE_BY_ID_VERSION);
        stage.ask("other partition", produce(TOPIC, 1, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask("two partitions, one unknown", twoPartitions(TOPIC, 1, 9), PRODUCE_VERSION);
        stage.ask("no topics", new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000), PRODUCE_VERSION);
    }

    private static ProduceRequestData twoPartitions(String name, int first, int second) {
        ProduceRequestData request = produce(name, first, Batches.plain(1));
        request.topicData()
                .forEach(topic -> topic.setPartitionData(List.of(
                        topic.partitionData().getFirst(),
                        new PartitionProduceData().setIndex(second).setRecords(Batches.plain(2)))));
        return request;
    }

    private static void misdirected(Stage stage) {
        stage.ask("unknown topic", produce("produce-unknown", 0, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask("unknown partition", produce(TOPIC, 2, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask("negative partition", produce(TOPIC, -1, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask("invalid topic name", produce("no/such", 0, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask("empty topic name", produce("", 0, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask(
                "unknown topic id",
                produceById(new Uuid(1, 2), 0, Batches.plain(1)),
                DataRequests.PRODUCE_BY_ID_VERSION);
        stage.ask(
                "zero topic id", produceById(Uuid.ZERO_UUID, 0, Batches.plain(1)), DataRequests.PRODUCE_BY_ID_VERSION);
        stage.ask("acks=2", produce(TOPIC, 0, Batches.plain(1)).setAcks((short) 2), PRODUCE_VERSION);
        stage.ask("acks=-2", produce(TOPIC, 0, Batches.plain(1)).setAcks((short) -2), PRODUCE_VERSION);
        stage.settleCoordinator("produce");
        stage.ask("internal topic", produce("__consumer_offsets", 0, Batches.plain(1)), PRODUCE_VERSION);
        stage.ask(
                "transactional id that nobody has",
                produce(TOPIC, 0, Batches.plain(1)).setTransactionalId("nobody"),
                PRODUCE_VERSION);
    }

    /** Records that are null are not among these: Kafka 4.4 trips over them and never answers. */
    private static void malformed(Stage stage) {
        ask(stage, "no records", MemoryRecords.EMPTY);
        ask(stage, "two batches", Batches.twoBatches());
        ask(stage, "magic 0", Batches.legacy((byte) 0));
        ask(stage, "magic 1", Batches.legacy((byte) 1));
        ask(stage, "magic 3", Batches.changed(batch -> batch.put(Batches.MAGIC_POSITION, (byte) 3)));
        ask(stage, "bad crc", Batches.changed(batch -> batch.putInt(Batches.CRC_POSITION, 1)));
        ask(stage, "bad byte", Batches.changed(batch -> batch.put(batch.limit() - 2, (byte) 'X')));
        ask(stage, "truncated header", Batches.truncated(40));
        ask(stage, "truncated records", Batches.truncated(70));
        ask(stage, "length too small", Batches.changed(batch -> batch.putInt(Batches.LENGTH_POSITION, 3)));
        ask(stage, "length negative", Batches.changed(batch -> batch.putInt(Batches.LENGTH_POSITION, -1)));
        ask(stage, "length too large", Batches.changed(batch -> batch.putInt(Batches.LENGTH_POSITION, 1 << 20)));
        askChanged(stage, "codec 7", batch -> batch.putShort(Batches.ATTRIBUTES_POSITION, (short) 7));
        askChanged(stage, "control batch", batch -> batch.putShort(Batches.ATTRIBUTES_POSITION, (short) 0x20));
        askChanged(stage, "count one too many", batch -> batch.putInt(Batches.RECORDS_COUNT_POSITION, 3));
        askChanged(stage, "count one too few", batch -> batch.putInt(Batches.RECORDS_COUNT_POSITION, 1));
        askChanged(stage, "count negative", batch -> batch.putInt(Batches.RECORDS_COUNT_POSITION, -1));
        askChanged(stage, "last offset delta wrong", batch -> batch.putInt(Batches.LAST_OFFSET_DELTA_POSITION, 5));
        stage.topic("produce-garbage");
        stage.ask(
                "compressed garbage",
                produce(
                        "produce-garbage",
                        0,
                        Batches.changedWithCrc(
                                Batches.compressed(Compression.lz4().build(), 3),
                                batch -> batch.putInt(batch.limit() - 12, 0x7A7A7A7A))),
                PRODUCE_VERSION);
        ask(stage, "log append time", Batches.logAppendTime());
        ask(stage, "end of a transaction", Batches.endOfTransaction(4_000));
        ask(stage, "transactional batch", Batches.transactional(4_000));
    }

    /** Batches whose headers, or records, say what nobody asked them to; in the end those that not everybody stores. */
    private static void odd(Stage stage) {
        stage.topic("produce-odd");
        askOdd(stage, "base offset 7", batch -> batch.putLong(0, 7));
        askOdd(stage, "leader epoch 7", batch -> batch.putInt(LEADER_EPOCH_POSITION, 7));
        askOdd(stage, "unused attribute", batch -> batch.putShort(Batches.ATTRIBUTES_POSITION, (short) 0x80));
        askOdd(stage, "record that is too long", batch -> batch.put(FIRST_RECORD_POSITION, (byte) 120));
        askOdd(stage, "what stands in a record", batch -> batch.put(FIRST_RECORD_POSITION + 1, (byte) 1));
        stage.ask("what odd was stored", DataRequests.fetch("produce-odd", 0, 0), DataRequests.FETCH_VERSION);
        askOdd(stage, "gap between offsets", batch -> batch.put(SECOND_OFFSET_DELTA_POSITION, (byte) 10));
        askOdd(stage, "offset twice", batch -> batch.put(SECOND_OFFSET_DELTA_POSITION, (byte) 0));
        askOdd(stage, "delete horizon", batch -> batch.putShort(Batches.ATTRIBUTES_POSITION, (short) 0x40));
        stage.topic("produce-twice");
        stage.ask("one partition twice", twoPartitions("produce-twice", 0, 0), PRODUCE_VERSION);
    }

    private static void askOdd(Stage stage, String step, Batches.Change change) {
        stage.ask(step, produce("produce-odd", 0, Batches.changedWithCrc(Batches.plain(2), change)), PRODUCE_VERSION);
    }

    private static void limits(Stage stage) {
        stage.topic(Requests.topic("produce-small", Map.of("max.message.bytes", "500")));
        stage.ask("fits", produce("produce-small", 0, Batches.ofSize(400)), PRODUCE_VERSION);
        stage.ask("too large for its topic", produce("produce-small", 0, Batches.ofSize(500)), PRODUCE_VERSION);
        stage.ask("larger than the default", produce(TOPIC, 0, Batches.ofSize(1_048_600)), PRODUCE_VERSION);
        stage.topic(Requests.topic("produce-stamped", Map.of("message.timestamp.type", "LogAppendTime")));
        stage.ask("stamped by the broker", produce("produce-stamped", 0, Batches.plain(2)), PRODUCE_VERSION);
        stage.ask("what was stamped", DataRequests.fetch("produce-stamped", 0, 0), DataRequests.FETCH_VERSION);
        stage.topic(Requests.topic("produce-recent", Map.of("message.timestamp.before.max.ms", "1000")));
        stage.ask("too old", produce("produce-recent", 0, Batches.plain(2)), PRODUCE_VERSION);
        stage.ask(
                "too old, compressed",
                produce(
                        "produce-recent",
                        0,
                        Batches.compressed(Compression.lz4().build(), 2)),
                PRODUCE_VERSION);
        ask(stage, "from the future", Batches.at(9_000_000_000_000L));
        ask(stage, "one of three from the future", Batches.at(Batches.TIME_MS, 9_000_000_000_000L, Batches.TIME_MS));
        ask(stage, "without a time", Batches.at(-1));
        stage.topic(Requests.topic("produce-gzip", Map.of("compression.type", "gzip")));
        stage.ask("compressed again", produce("produce-gzip", 0, Batches.plain(2)), PRODUCE_VERSION);
        stage.ask("what was compressed", DataRequests.fetch("produce-gzip", 0, 0), DataRequests.FETCH_VERSION);
        stage.topic(Requests.topic("produce-plain", Map.of("compression.type", "uncompressed")));
        stage.ask(
                "uncompressed by the broker",
                produce(
                        "produce-plain",
                        0,
                        Batches.compressed(Compression.zstd().build(), 2)),
                PRODUCE_VERSION);
        stage.ask("what was uncompressed", DataRequests.fetch("produce-plain", 0, 0), DataRequests.FETCH_VERSION);
    }

    private static void producers(Stage stage) {
        producerId(stage);
        stage.ask("first producer id", Requests.initProducerId(), 4);
        stage.ask("second producer id", Requests.initProducerId(), 5);
        stage.ask(
                "producer id with one already",
                Requests.initProducerId().setProducerId(7).setProducerEpoch((short) 3),
                4);
        stage.ask("producer id with an epoch alone", Requests.initProducerId().setProducerEpoch((short) 3), 4);
        stage.ask("empty transactional id", transactional("", 60_000), 4);
        stage.ask("timeout of a transaction too long", transactional("produce-tx", Integer.MAX_VALUE), 4);
        stage.ask("timeout of a transaction 0", transactional("produce-tx", 0), 4);
        stage.ask("timeout of a transaction, none given", transactional("produce-tx", -1), 4);
        stage.ask("producer id without its epoch", Requests.initProducerId().setProducerId(7), 4);
    }

    /** A broker may still be fetching its first block of ids. */
    private static long producerId(Stage stage) {
        return stage.settle("no producer id came", () -> {
            var answer = stage.quietly(InitProducerIdResponseData.class, Requests.initProducerId(), 4);
            return Optional.of(answer.producerId()).filter(id -> id >= 0);
        });
    }

    private static InitProducerIdRequestData transactional(String id, int timeoutMs) {
        return new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(timeoutMs);
    }

    private static void sequences(Stage stage) {
        long id = producerId(stage);
        askSequence(stage, "sequence that does not begin at 0", 1, Batches.idempotent(id, 0, 5, 1));
        askSequence(stage, "sequences 0 to 2", 1, Batches.idempotent(id, 0, 0, 3));
        askSequence(stage, "the same again", 1, Batches.idempotent(id, 0, 0, 3));
        askSequence(stage, "sequence 3", 1, Batches.idempotent(id, 0, 3, 1));
        askSequence(stage, "sequence 5 where 4 is due", 1, Batches.idempotent(id, 0, 5, 1));
        askSequence(stage, "sequences that overlap", 1, Batches.idempotent(id, 0, 2, 4));
        for (int sequence = 4; sequence < 10; sequence++) {
            askSequence(stage, "sequence " + sequence, 1, Batches.idempotent(id, 0, sequence, 1));
        }
        askSequence(stage, "duplicate within the last five", 1, Batches.idempotent(id, 0, 6, 1));
        askSequence(stage, "duplicate from before the last five", 1, Batches.idempotent(id, 0, 0, 3));
        askSequence(stage, "new epoch that does not begin at 0", 1, Batches.idempotent(id, 1, 1, 1));
        askSequence(stage, "new epoch", 1, Batches.idempotent(id, 1, 0, 1));
        askSequence(stage, "old epoch", 1, Batches.idempotent(id, 0, 10, 1));
        askSequence(stage, "unknown producer", 1, Batches.idempotent(id + 500, 0, 0, 1));
        askSequence(stage, "unknown producer in the middle", 1, Batches.idempotent(id + 501, 0, 9, 1));
        askSequence(
                stage,
                "two batches of a producer",
                1,
                Batches.concatenated(Batches.idempotent(id, 1, 1, 1), Batches.idempotent(id, 1, 2, 1)));
        MemoryRecords next = Batches.idempotent(id, 1, 1, 1);
        askSequence(
                stage,
                "without an epoch",
                1,
                Batches.changedWithCrc(next, batch -> batch.putShort(Batches.PRODUCER_EPOCH_POSITION, (short) -1)));
        askSequence(
                stage,
                "without a sequence",
                1,
                Batches.changedWithCrc(next, batch -> batch.putInt(Batches.BASE_SEQUENCE_POSITION, -1)));
    }

    private static void ask(Stage stage, String step, MemoryRecords records) {
        askSequence(stage, step, 0, records);
    }

    private static void askChanged(Stage stage, String step, Batches.Change change) {
        ask(stage, step, Batches.changedWithCrc(Batches.plain(2), change));
    }

    private static void askSequence(Stage stage, String step, int partition, MemoryRecords records) {
        stage.ask(step, produce(TOPIC, partition, records), PRODUCE_VERSION);
    }
}
