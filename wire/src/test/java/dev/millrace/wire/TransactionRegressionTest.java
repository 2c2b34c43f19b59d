package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.control.port.LocalControl;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.records.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Regressions of transactions as brokers have known them, each by its name, with requests as a client sends them in each version: Produce 11 and
 * EndTxn 4 are version 1 of transactions, 12 and 5 are version 2. What only the coordinator or only the log can get wrong is tested there.
 */
final class TransactionRegressionTest {

    private static final String TOPIC = "flights";
    private static final String ID = "copier";
    private static final String GROUP = "readers";

    private final LocalControl control = LocalControl.inMemory();
    private final ThreadScheduler scheduler = new ThreadScheduler(new SystemClock());
    private final WireFixture server = WireFixture.start(handlers());
    private final WireClient client = server.client();

    private long producerId;
    private short epoch;

    private List<Handler<?>> handlers() {
        List<Handler<?>> handlers = new ArrayList<>();
        handlers.add(new H00_Produce(control.port()));
        handlers.addAll(TransactionHandlers.all(
                control.transactions(), control.groups(), control.port(), control.metadata(), new SystemClock()));
        return handlers;
    }

    @BeforeEach
    void begin() throws IOException {
        control.createTopic(TOPIC, 2, Map.of());
        init();
    }

    @AfterEach
    void close() {
        server.close();
        scheduler.close();
        control.close();
    }

    /** The hanging transaction: a write that arrives after its transaction has ended must not open one that nobody ends. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldNotLetALateWriteOpenAHangingTransaction(int version) throws IOException {
        short produced = epoch;
        addIfVersion1(version);
        assertThat(produce(version, produced, 0)).isEqualTo(Errors.NONE);
        assertThat(end(version, true)).isEqualTo(Errors.NONE);
        awaitStable();

        Errors late = produce(version, produced, 1);

        assertThat(late).isEqualTo(version == 1 ? Errors.TRANSACTION_ABORTABLE : Errors.INVALID_PRODUCER_EPOCH);
        assertThat(offsets().lastStable()).isEqualTo(offsets().highWatermark());
    }

    /** The late record that joins the next transaction: under version 2 it has the epoch of the one before. */
    @Test
    void shouldNotLetALateRecordJoinTheNextTransaction() throws IOException {
        short before = epoch;
        assertThat(produce(2, before, 0)).isEqualTo(Errors.NONE);
        assertThat(end(2, true)).isEqualTo(Errors.NONE);
        assertThat(produce(2, epoch, 0)).isEqualTo(Errors.NONE);

        assertThat(produce(2, before, 1)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(end(2, true)).isEqualTo(Errors.NONE);
    }

    /** The late EndTxn that ends the next transaction: under version 2 it has the epoch of the one before. */
    @Test
    void shouldNotLetALateEndTxnEndTheNextTransaction() throws IOException {
        short before = epoch;
        assertThat(produce(2, before, 0)).isEqualTo(Errors.NONE);
        assertThat(end(2, true)).isEqualTo(Errors.NONE);
        assertThat(produce(2, epoch, 0)).isEqualTo(Errors.NONE);
        long open = offsets().lastStable();

        assertThat(end(2, before, false)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(end(2, before, true)).isEqualTo(Errors.PRODUCER_FENCED);

        assertThat(offsets().lastStable()).isEqualTo(open).isLessThan(offsets().highWatermark());
        assertThat(end(2, true)).isEqualTo(Errors.NONE);
        awaitStable();
    }

    /** The write before AddPartitions. */
    @Test
    void shouldRefuseAWriteBeforeAddPartitionsInVersion1() throws IOException {
        assertThat(produce((short) 11, epoch, 0)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(produce((short) 10, epoch, 0)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(offsets().logEnd()).isZero();
        add(1);
        assertThat(produce((short) 11, epoch, 0))
                .as("added is another partition")
                .isEqualTo(Errors.TRANSACTION_ABORTABLE);
        add(0);
        assertThat(produce((short) 11, epoch, 0)).isEqualTo(Errors.NONE);
    }

    /** The write before AddPartitions: under version 2 it is what adds. */
    @Test
    void shouldAddThePartitionByWritingToItInVersion2() throws IOException {
        assertThat(produce(2, epoch, 0)).isEqualTo(Errors.NONE);
        assertThat(control.transactions().describe(ID).join().orElseThrow().partitions())
                .hasSize(1);
    }

    /** The zombie after a fence. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldRefuseTheZombieAfterAFence(int version) throws IOException {
        short zombie = epoch;
        addIfVersion1(version);
        assertThat(produce(version, zombie, 0)).isEqualTo(Errors.NONE);
        init();
        assertThat(epoch).isGreaterThan(zombie);

        assertThat(produce(version, zombie, 1)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(end(version, zombie, true)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(offsets().lastStable()).isEqualTo(offsets().highWatermark());
    }

    /** Duplicates answered with an unexpected error code: also when the transaction of the original is over. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldAnswerARepetitionWithItsOriginalAlsoWhenTheTransactionIsOver(int version) throws IOException {
        addIfVersion1(version);
        short produced = epoch;
        assertThat(produce(version, produced, 0)).isEqualTo(Errors.NONE);
        PartitionProduceResponse repeated = produceOne(version == 1 ? (short) 11 : 12, produced, 0);
        assertThat(repeated.baseOffset()).isZero();
        assertThat(repeated.errorCode()).isZero();
        if (version == 1) {
            end(1, true);
            awaitStable();
            PartitionProduceResponse late = produceOne((short) 11, produced, 0);
            assertThat(Errors.forCode(late.errorCode())).isEqualTo(Errors.NONE);
            assertThat(late.baseOffset()).isZero();
        }
    }

    /** Requests that are sent one behind the other are appended in that order, although the first waits for the coordinator. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldKeepTheOrderOfPipelinedWritesWhileTheFirstIsVerified(int version) throws IOException {
        short apiVersion = version == 1 ? (short) 11 : 12;
        for (int round = 0; round < 20; round++) {
            addIfVersion1(version);
            List<Integer> sent = new ArrayList<>();
            for (int sequence = 0; sequence < 5; sequence++) {
                int base = version == 1 ? round * 5 + sequence : sequence;
                sent.add(client.send(ApiKeys.PRODUCE, apiVersion, request(epoch, base)));
            }
            for (int correlationId : sent) {
                ProduceResponseData answer = client.receive(ApiKeys.PRODUCE, apiVersion, correlationId);
                assertThat(Errors.forCode(only(answer).errorCode())).isEqualTo(Errors.NONE);
            }
            assertThat(end(version, round % 2 == 0)).isEqualTo(Errors.NONE);
        }
    }

    /** The next transaction begins at once, while the one before is being completed: nobody hears CONCURRENT_TRANSACTIONS. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldNeverAnswerConcurrentTransactionsToOneProducer(int version) throws IOException {
        int sequence = 0;
        for (int round = 0; round < 100; round++) {
            addIfVersion1(version);
            assertThat(produce(version, epoch, sequence)).isEqualTo(Errors.NONE);
            assertThat(end(version, true)).isEqualTo(Errors.NONE);
            sequence = version == 1 ? sequence + 1 : 0;
        }
    }

    /** An offset commit that comes after the end of its transaction must not stay pending for ever. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldNotLetALateOffsetCommitStayPending(int version) throws IOException {
        short before = epoch;
        addIfVersion1(version);
        assertThat(produce(version, epoch, 0)).isEqualTo(Errors.NONE);
        if (version == 2) {
            assertThat(commitOffset(version, before, 3)).isEqualTo(Errors.NONE);
            assertThat(control.groups().fetchUnstable(GROUP).join()).hasSize(1);
        } else {
            assertThat(commitOffset(version, before, 3)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        }
        assertThat(end(version, true)).isEqualTo(Errors.NONE);
        await().until(() -> control.groups().fetchUnstable(GROUP).join().isEmpty());

        assertThat(commitOffset(version, before, 4))
                .isEqualTo(version == 2 ? Errors.INVALID_PRODUCER_EPOCH : Errors.TRANSACTION_ABORTABLE);
        assertThat(control.groups().fetchUnstable(GROUP).join()).isEmpty();
        assertThat(control.groups().fetchAll(GROUP).join()).hasSize(version == 2 ? 1 : 0);
    }

    @Test
    void shouldAnswerForAPartitionOnceHoweverOftenItIsNamed() throws IOException {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(0, 1, 0)));
        AddPartitionsToTxnResponseData answer = client.call(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                (short) 3,
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(ID)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(epoch)
                        .setV3AndBelowTopics(topics));
        assertThat(answer.resultsByTopicV3AndBelow().find(TOPIC).resultsByPartition())
                .extracting(each -> Errors.forCode(each.partitionErrorCode()))
                .containsExactly(Errors.NONE, Errors.NONE);
    }

    // ---- what a client sends

    /** KIP-1152: the id as a whole, in RE2's syntax. */
    @Test
    void shouldListTheIdsThatMatchAPattern() throws IOException {
        assertThat(list("cop.*").transactionStates()).hasSize(1);
        assertThat(list("").transactionStates()).hasSize(1);
        assertThat(list("cop").transactionStates()).isEmpty();
        assertThat(Errors.forCode(list("[").errorCode())).isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
        assertThat(Errors.forCode(list("((a{1000}){1000}){1000}").errorCode()))
                .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
    }

    private ListTransactionsResponseData list(String pattern) throws IOException {
        return client.call(
                ApiKeys.LIST_TRANSACTIONS,
                (short) 2,
                new ListTransactionsRequestData().setTransactionalIdPattern(pattern));
    }

    private void init() throws IOException {
        InitProducerIdResponseData answer = client.call(
                ApiKeys.INIT_PRODUCER_ID,
                (short) 5,
                new InitProducerIdRequestData().setTransactionalId(ID).setTransactionTimeoutMs(60_000));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        producerId = answer.producerId();
        epoch = answer.producerEpoch();
    }

    private void addIfVersion1(int version) throws IOException {
        if (version == 1) {
            add(0);
        }
    }

    private void add(int partition) throws IOException {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(partition)));
        AddPartitionsToTxnResponseData answer = client.call(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                (short) 3,
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(ID)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(epoch)
                        .setV3AndBelowTopics(topics));
        short code = answer.resultsByTopicV3AndBelow()
                .find(TOPIC)
                .resultsByPartition()
                .find(partition)
                .partitionErrorCode();
        assertThat(Errors.forCode(code)).isEqualTo(Errors.NONE);
    }

    private Errors produce(int version, short producerEpoch, int sequence) throws IOException {
        return produce(version == 1 ? (short) 11 : (short) 12, producerEpoch, sequence);
    }

    private Errors produce(short apiVersion, short producerEpoch, int sequence) throws IOException {
        return Errors.forCode(produceOne(apiVersion, producerEpoch, sequence).errorCode());
    }

    private PartitionProduceResponse produceOne(int apiVersion, short producerEpoch, int sequence) throws IOException {
        ProduceResponseData answer = client.call(ApiKeys.PRODUCE, (short) apiVersion, request(producerEpoch, sequence));
        return only(answer);
    }

    private static PartitionProduceResponse only(ProduceResponseData answer) {
        return answer.responses().iterator().next().partitionResponses().getFirst();
    }

    private ProduceRequestData request(short producerEpoch, int sequence) {
        ByteBuffer batch = new RecordBatchBuilder()
                .producer(producerId, producerEpoch, sequence)
                .transactional(true)
                .add(System.currentTimeMillis(), ByteBuffer.wrap("value".getBytes(StandardCharsets.UTF_8)))
                .build();
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(TOPIC)
                .setPartitionData(List.of(
                        new PartitionProduceData().setIndex(0).setRecords(MemoryRecords.readableRecords(batch)))));
        return new ProduceRequestData()
                .setTransactionalId(ID)
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(topics);
    }

    private Errors end(int version, boolean commit) throws IOException {
        return end(version, epoch, commit);
    }

    /** Ends; a producer of version 2 goes on in the epoch that it is told. */
    private Errors end(int version, short producerEpoch, boolean commit) throws IOException {
        EndTxnResponseData answer = client.call(
                ApiKeys.END_TXN,
                version == 1 ? (short) 4 : (short) 5,
                new EndTxnRequestData()
                        .setTransactionalId(ID)
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch)
                        .setCommitted(commit));
        if (version == 2 && answer.errorCode() == 0) {
            assertThat(answer.producerEpoch()).isEqualTo((short) (producerEpoch + 1));
            epoch = answer.producerEpoch();
        }
        return Errors.forCode(answer.errorCode());
    }

    private Errors commitOffset(int version, short producerEpoch, long offset) throws IOException {
        TxnOffsetCommitResponseData answer = client.call(
                ApiKeys.TXN_OFFSET_COMMIT,
                version == 1 ? (short) 4 : (short) 5,
                new TxnOffsetCommitRequestData()
                        .setTransactionalId(ID)
                        .setGroupId(GROUP)
                        .setProducerId(producerId)
                        .setProducerEpoch(producerEpoch)
                        .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                                .setName(TOPIC)
                                .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                        .setPartitionIndex(0)
                                        .setCommittedOffset(offset)
                                        .setCommittedMetadata(""))))));
        return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
    }

    private PartitionOffsets offsets() {
        return control.port().partition(TOPIC, 0).orElseThrow().offsets();
    }

    private void awaitStable() {
        await().until(() -> offsets().lastStable() == offsets().highWatermark());
    }
}
