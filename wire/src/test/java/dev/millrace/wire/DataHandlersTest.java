package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.base.TopicId;
import dev.millrace.log.records.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data handlers through a real connection: every version, every error. */
final class DataHandlersTest {

    @TempDir
    Path directory;

    private TestDataHandlers data;
    private TestLog log;
    private TopicId topicId;
    private WireFixture fixture;

    @BeforeEach
    void start() {
        data = new TestDataHandlers(directory);
        log = data.log();
        topicId = log.create("events", 2);
        fixture = WireFixture.start(data.handlers());
    }

    @AfterEach
    void stop() {
        fixture.close();
        data.close();
    }

    @Test
    void shouldProduceAndFetchInEveryVersion() throws Exception {
        long offset = 0;
        for (short version = 3; version <= 13; version++) {
            PartitionProduceResponse produced = produce(version, -1, batch(3));
            assertThat(produced.errorCode()).isZero();
            assertThat(produced.baseOffset()).isEqualTo(offset);
            offset += 3;
        }
        for (short version = 4; version <= 18; version++) {
            FetchResponseData answer = fetch(version, 0, 0, 1);
            PartitionData data = onlyPartition(answer);
            assertThat(data.errorCode()).isZero();
            assertThat(data.highWatermark()).isEqualTo(offset);
            assertThat(recordsCount(data)).isEqualTo((int) offset);
        }
    }

    @Test
    void shouldSendLargeAnswersFromTheFile() throws Exception {
        for (int n = 0; n < 40; n++) {
            produce((short) 12, 1, batch(100));
        }
        PartitionData data = onlyPartition(fetch((short) 17, 0, 0, 1));
        assertThat(data.records().sizeInBytes()).isGreaterThan(64 * 1024);
        assertThat(recordsCount(data)).isEqualTo(4000);
    }

    @Test
    void shouldNotAnswerAcksZero() throws Exception {
        fixture.client().send(ApiKeys.PRODUCE, (short) 12, produceRequest((short) 12, (short) 0, batch(1)));
        assertThat(produce((short) 12, 1, batch(1)).baseOffset()).isEqualTo(1);
    }

    @Test
    void shouldCloseWhenAnAppendWithAcksZeroFails() throws Exception {
        ProduceRequestData request = produceRequest((short) 12, (short) 0, batch(1));
        request.topicData().iterator().next().partitionData().getFirst().setIndex(99);
        fixture.client().send(ApiKeys.PRODUCE, (short) 12, request);
        assertThat(fixture.client().isClosedByServer()).isTrue();
    }

    @Test
    void shouldRefuseWhatKafkaRefusesToProduce() throws Exception {
        for (short version = 3; version <= 13; version++) {
            assertThat(produce(version, 5, batch(1)).errorCode()).isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());
        }
        assertThat(produce((short) 12, 5, batch(1)).errorCode()).isEqualTo(Errors.INVALID_REQUIRED_ACKS.code());
        ByteBuffer corrupt = batch(1);
        corrupt.put(70, (byte) (corrupt.get(70) + 1));
        assertThat(produce((short) 12, -1, corrupt).errorCode()).isEqualTo(Errors.CORRUPT_MESSAGE.code());
        ByteBuffer old = batch(1);
        old.put(16, (byte) 1);
        assertThat(produce((short) 12, -1, old).errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        ByteBuffer two = ByteBuffer.allocate(1000).put(batch(1)).put(batch(1)).flip();
        assertThat(produce((short) 12, -1, two).errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        log.get("events", 0).makeInternal();
        assertThat(produce((short) 12, -1, batch(1)).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void shouldRefuseATransactionalBatchWithoutTransactionOrProducer() throws Exception {
        ByteBuffer transactional = batch(1);
        transactional.putShort(21, (short) 0x10);
        assertThat(produceAs(null, transactional)).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(produceAs("t", transactional)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(produceAs("t", batch(1))).as("the id means nothing").isEqualTo(Errors.NONE);
    }

    private Errors produceAs(@Nullable String transactionalId, ByteBuffer batch) throws Exception {
        ProduceRequestData request = produceRequest((short) 12, (short) -1, batch.duplicate());
        ProduceResponseData answer =
                fixture.client().call(ApiKeys.PRODUCE, (short) 12, request.setTransactionalId(transactionalId));
        return Errors.forCode(onlyPartition(answer).errorCode());
    }

    @Test
    void shouldGiveEachIdempotentProducerItsOwnId() throws Exception {
        for (short version = 0; version <= 5; version++) {
            InitProducerIdResponseData answer = fixture.client()
                    .call(ApiKeys.INIT_PRODUCER_ID, version, new InitProducerIdRequestData().setTransactionalId(null));
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.producerId()).isEqualTo(1000 + version);
            assertThat(answer.producerEpoch()).isZero();
        }
    }

    @Test
    void shouldNameFetchErrorsOfEachPartition() throws Exception {
        assertThat(onlyPartition(fetch((short) 12, 0, 99, 1)).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(onlyPartition(fetch((short) 12, 7, 0, 1)).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        FetchRequestData unknown = fetchRequest((short) 17, 0, 0, 1);
        unknown.topics().getFirst().setTopicId(Uuid.randomUuid());
        FetchResponseData answer = fixture.client().call(ApiKeys.FETCH, (short) 17, unknown);
        assertThat(onlyPartition(answer).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        log.get("events", 0).leadIn(3);
        assertThat(fetchInEpoch(2)).isEqualTo(Errors.FENCED_LEADER_EPOCH.code());
        assertThat(fetchInEpoch(4)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
    }

    @Test
    void shouldWakeALongPollWhenRecordsArrive() throws Exception {
        FetchRequestData request = fetchRequest((short) 17, 0, 0, 1).setMaxWaitMs(60_000);
        int waiting = fixture.client().send(ApiKeys.FETCH, (short) 17, request);
        await().until(() -> log.get("events", 0).watchesCount() == 1);
        try (WireClient other = WireClient.connect(fixture.port())) {
            ProduceResponseData produced =
                    other.call(ApiKeys.PRODUCE, (short) 12, produceRequest((short) 12, (short) -1, batch(2)));
            assertThat(onlyPartition(produced).errorCode()).isZero();
        }
        FetchResponseData answer = fixture.client().receive(ApiKeys.FETCH, (short) 17, waiting);
        assertThat(recordsCount(onlyPartition(answer))).isEqualTo(2);
        assertThat(log.get("events", 0).watchesCount()).isZero();
    }

    @Test
    void shouldAnswerAnEmptyLongPollWhenItsTimeIsUp() throws Exception {
        FetchRequestData request = fetchRequest((short) 17, 0, 0, 1).setMaxWaitMs(50);
        FetchResponseData answer = fixture.client().call(ApiKeys.FETCH, (short) 17, request);
        assertThat(recordsCount(onlyPartition(answer))).isZero();
        assertThat(log.get("events", 0).watchesCount()).isZero();
    }

    @Test
    void shouldForgetALongPollWhenItsClientIsGone() throws Exception {
        try (WireClient leaving = WireClient.connect(fixture.port())) {
            leaving.send(
                    ApiKeys.FETCH, (short) 17, fetchRequest((short) 17, 0, 0, 1).setMaxWaitMs(600_000));
            await().until(() -> log.get("events", 0).watchesCount() == 1);
        }
        await().until(() -> log.get("events", 0).watchesCount() == 0);
    }

    @Test
    void shouldTellOnlyNewsInASession() throws Exception {
        FetchRequestData full = fetchRequest((short) 17, 0, 0, 0).setSessionEpoch(0);
        full.topics()
                .getFirst()
                .partitions()
                .add(new FetchPartition().setPartition(1).setPartitionMaxBytes(1000));
        FetchResponseData first = fixture.client().call(ApiKeys.FETCH, (short) 17, full);
        assertThat(first.sessionId()).isPositive();
        assertThat(first.responses().getFirst().partitions()).hasSize(2);
        FetchRequestData next = incremental(first.sessionId(), 1);
        FetchResponseData nothing = fixture.client().call(ApiKeys.FETCH, (short) 17, next);
        assertThat(nothing.responses()).isEmpty();
        produce((short) 12, -1, batch(1));
        FetchResponseData news = fixture.client().call(ApiKeys.FETCH, (short) 17, incremental(first.sessionId(), 2));
        assertThat(onlyPartition(news).partitionIndex()).isZero();
        FetchResponseData wrongEpoch =
                fixture.client().call(ApiKeys.FETCH, (short) 17, incremental(first.sessionId(), 9));
        assertThat(wrongEpoch.errorCode()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
        FetchResponseData unknown = fixture.client().call(ApiKeys.FETCH, (short) 17, incremental(123_456, 1));
        assertThat(unknown.errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
        FetchResponseData byName = fixture.client().call(ApiKeys.FETCH, (short) 12, incremental(first.sessionId(), 3));
        assertThat(byName.errorCode()).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR.code());
    }

    @Test
    void shouldListOffsetsForEverySpecialTimestamp() throws Exception {
        produce((short) 12, -1, batch(5));
        assertThat(list((short) 11, -1).offset()).isEqualTo(5);
        assertThat(list((short) 11, -2).offset()).isZero();
        assertThat(list((short) 11, -3).timestamp()).isEqualTo(1_000_004);
        assertThat(list((short) 11, -4).offset()).isZero();
        assertThat(list((short) 11, -5).offset()).isEqualTo(-1);
        assertThat(list((short) 11, -6).offset()).isEqualTo(-1);
        assertThat(list((short) 11, 1).offset()).isZero();
        assertThat(list((short) 11, Long.MAX_VALUE).offset()).isEqualTo(-1);
        assertThat(list((short) 6, -3).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(list((short) 11, -7).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        for (short version = 1; version <= 11; version++) {
            assertThat(list(version, -1).offset()).isEqualTo(5);
        }
    }

    @Test
    void shouldTellWhereAnEpochEnds() throws Exception {
        produce((short) 12, -1, batch(5));
        for (short version = 2; version <= 4; version++) {
            OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
            request.topics()
                    .add(new OffsetForLeaderTopic()
                            .setTopic("events")
                            .setPartitions(List.of(new OffsetForLeaderPartition().setLeaderEpoch(0))));
            OffsetForLeaderEpochResponseData answer =
                    fixture.client().call(ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request);
            assertThat(answer.topics().find("events").partitions().getFirst().endOffset())
                    .isEqualTo(5);
        }
    }

    private static FetchRequestData incremental(int sessionId, int epoch) {
        return new FetchRequestData()
                .setMaxBytes(1_000_000)
                .setMinBytes(0)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch);
    }

    private short fetchInEpoch(int epoch) throws Exception {
        FetchRequestData request = fetchRequest((short) 17, 0, 0, 1);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(epoch);
        FetchResponseData answer = fixture.client().call(ApiKeys.FETCH, (short) 17, request);
        return onlyPartition(answer).errorCode();
    }

    private FetchResponseData fetch(short version, int partition, long offset, int minBytes) throws Exception {
        return fixture.client().call(ApiKeys.FETCH, version, fetchRequest(version, partition, offset, minBytes));
    }

    private FetchRequestData fetchRequest(short version, int partition, long offset, int minBytes) {
        FetchTopic topic = new FetchTopic()
                .setPartitions(new ArrayList<>(List.of(new FetchPartition()
                        .setPartition(partition)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(10_000_000))));
        if (version >= 13) {
            topic.setTopicId(TopicIds.toKafka(topicId));
        } else {
            topic.setTopic("events");
        }
        return new FetchRequestData()
                .setMaxBytes(10_000_000)
                .setMinBytes(minBytes)
                .setMaxWaitMs(1000)
                .setSessionEpoch(-1)
                .setTopics(new ArrayList<>(List.of(topic)));
    }

    private static PartitionData onlyPartition(FetchResponseData answer) {
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.responses()).hasSize(1);
        assertThat(answer.responses().getFirst().partitions()).hasSize(1);
        return answer.responses().getFirst().partitions().getFirst();
    }

    private static PartitionProduceResponse onlyPartition(ProduceResponseData answer) {
        return answer.responses().iterator().next().partitionResponses().getFirst();
    }

    private static int recordsCount(PartitionData data) {
        int count = 0;
        for (var ignored : ((MemoryRecords) data.records()).records()) {
            count++;
        }
        return count;
    }

    private PartitionProduceResponse produce(short version, int acks, ByteBuffer batch) throws Exception {
        ProduceResponseData answer =
                fixture.client().call(ApiKeys.PRODUCE, version, produceRequest(version, (short) acks, batch));
        return onlyPartition(answer);
    }

    private ProduceRequestData produceRequest(short version, short acks, ByteBuffer batch) {
        TopicProduceData topic = new TopicProduceData()
                .setPartitionData(List.of(
                        new PartitionProduceData().setIndex(0).setRecords(MemoryRecords.readableRecords(batch))));
        if (version >= 13) {
            topic.setTopicId(TopicIds.toKafka(topicId));
        } else {
            topic.setName("events");
        }
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(1000);
        request.topicData().add(topic);
        return request;
    }

    private ListOffsetsPartitionResponse list(short version, long timestamp) throws Exception {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("events")
                        .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(timestamp)))));
        ListOffsetsResponseData answer = fixture.client().call(ApiKeys.LIST_OFFSETS, version, request);
        return answer.topics().getFirst().partitions().getFirst();
    }

    private static ByteBuffer batch(int records) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int n = 0; n < records; n++) {
            builder.add(1_000_000 + n, ByteBuffer.wrap("a value of no great length".getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }
}
