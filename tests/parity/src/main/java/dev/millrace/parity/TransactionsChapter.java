package dev.millrace.parity;

import dev.millrace.parity.TransactionRequests.Producer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;

/** Transactions, as clients of both protocols make them: those that add partitions first, and those that let the broker add them. */
final class TransactionsChapter implements Chapter {
    private static final String TOPIC = "transactions";
    private static final String UNKNOWN = "transactions-unknown";
    private static final String GROUP = "transactions-group";

    private static final int INIT = 5;
    private static final int ADD = 3;
    private static final int BATCH = 5;
    private static final int ADD_OFFSETS = 4;
    private static final int OLD_COMMIT = 4;
    private static final int COMMIT = 5;
    private static final int OLD_END = 4;
    private static final int END = 5;
    private static final int OLD_PRODUCE = 11;
    private static final int PRODUCE = 12;
    private static final int LIST = 2;

    @Override
    public String name() {
        return "transactions";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(Requests.topic(TOPIC, 2));
        stage.settleCoordinator(GROUP);
        for (String id : List.of("first", "second", "third", UNKNOWN)) {
            TransactionRequests.settleCoordinator(stage, id);
        }
        coordinators(stage);
        Producer producer = identities(stage);
        refusals(stage, producer);
        committed(stage, producer);
        aborted(stage, producer);
        batches(stage, producer);
        fenced(stage, producer);
        newProtocol(stage, topicId);
        markers(stage);
        lists(stage, producer);
    }

    private static void coordinators(Stage stage) {
        stage.ask("coordinator", TransactionRequests.findCoordinator("first"), 4);
        stage.ask("coordinators of two", TransactionRequests.findCoordinator("first", "second"), 4);
        stage.ask("coordinator of an empty id", TransactionRequests.findCoordinator(""), 4);
        stage.ask(
                "coordinator of type 3",
                TransactionRequests.findCoordinator("first").setKeyType((byte) 3),
                4);
    }

    private static Producer identities(Stage stage) {
        stage.ask("describe before the first init", TransactionRequests.describe("first"), 0);
        init(stage, "init", "first");
        Producer second = init(stage, "init again", "first");
        stage.ask("describe before the first transaction", TransactionRequests.describe("first"), 0);
        Producer third = Producer.of(
                "first",
                stage.ask(
                        InitProducerIdResponseData.class,
                        "init with its identity",
                        TransactionRequests.init(second),
                        INIT));
        stage.ask("init with its former identity", TransactionRequests.init(second), INIT);
        stage.ask("init with a stale epoch", TransactionRequests.init(second.withEpoch(0)), INIT);
        stage.ask("init with a stale epoch in version 3", TransactionRequests.init(second.withEpoch(0)), 3);
        stage.ask("init with a future epoch", TransactionRequests.init(third.withEpoch(9)), INIT);
        stage.ask("init with another producer id", TransactionRequests.init(third.withProducerId(1 << 30)), INIT);
        stage.ask("init with an epoch alone", TransactionRequests.init(third.withProducerId(-1)), INIT);
        stage.ask("init with a producer id alone", TransactionRequests.init(third.withEpoch(-1)), INIT);
        stage.ask("init of an unknown id with an identity", TransactionRequests.init(third.withId("third")), INIT);
        stage.ask("init with an empty id", TransactionRequests.init(""), INIT);
        stage.ask(
                "init for too long",
                TransactionRequests.init("third").setTransactionTimeoutMs(Integer.MAX_VALUE),
                INIT);
        return init(stage, "init at last", "first");
    }

    private static void refusals(Stage stage, Producer producer) {
        stage.ask("add, unknown id", TransactionRequests.add(producer.withId(UNKNOWN), TOPIC, 0), ADD);
        stage.ask("add, empty id", TransactionRequests.add(producer.withId(""), TOPIC, 0), ADD);
        stage.ask("add, stale epoch", TransactionRequests.add(producer.withEpoch(0), TOPIC, 0), ADD);
        stage.ask("add, stale epoch in version 1", TransactionRequests.add(producer.withEpoch(0), TOPIC, 0), 1);
        stage.ask("add, future epoch", TransactionRequests.add(producer.withEpoch(99), TOPIC, 0), ADD);
        stage.ask("add, another producer id", TransactionRequests.add(producer.withProducerId(1 << 30), TOPIC, 0), ADD);
        stage.ask("add, unknown partition", TransactionRequests.add(producer, TOPIC, 0, 7), ADD);
        AddPartitionsToTxnRequestData both = TransactionRequests.add(producer, TOPIC, 0);
        both.v3AndBelowTopics()
                .add(new AddPartitionsToTxnTopic().setName(UNKNOWN).setPartitions(List.of(0)));
        stage.ask("add, unknown topic", both, ADD);
        stage.ask(
                "add group, unknown id", TransactionRequests.addOffsets(producer.withId(UNKNOWN), GROUP), ADD_OFFSETS);
        stage.ask("add group, stale epoch", TransactionRequests.addOffsets(producer.withEpoch(0), GROUP), ADD_OFFSETS);
        stage.ask(
                "add group, stale epoch in version 1", TransactionRequests.addOffsets(producer.withEpoch(0), GROUP), 1);
        stage.ask("end nothing, commit", TransactionRequests.end(producer, true), OLD_END);
        stage.ask("end nothing, abort", TransactionRequests.end(producer, false), OLD_END);
        stage.ask("end, unknown id", TransactionRequests.end(producer.withId(UNKNOWN), true), OLD_END);
        stage.ask("end, empty id", TransactionRequests.end(producer.withId(""), true), OLD_END);
        stage.ask("produce what was not added", TransactionRequests.produce(producer, TOPIC, 0), OLD_PRODUCE);
        stage.ask("produce what was not added in version 10", TransactionRequests.produce(producer, TOPIC, 0), 10);
        stage.ask("commit what was not added", TransactionRequests.commit(producer, GROUP, TOPIC, 3), OLD_COMMIT);
        stage.ask("commit what was not added in version 3", TransactionRequests.commit(producer, GROUP, TOPIC, 3), 3);
        stage.ask("describe after refusals", TransactionRequests.describe("first"), 0);
    }

    private static void committed(Stage stage, Producer producer) {
        stage.ask("add", TransactionRequests.add(producer, TOPIC, 0), ADD);
        stage.ask("add again, and another", TransactionRequests.add(producer, TOPIC, 0, 1), ADD);
        stage.ask("describe while it is ongoing", TransactionRequests.describe("first"), 0);
        stage.ask("list while it is ongoing", TransactionRequests.list(producer, "Ongoing"), LIST);
        stage.ask("produce", TransactionRequests.produce(producer, TOPIC, 0), OLD_PRODUCE);
        stage.ask(
                "produce with a stale epoch",
                TransactionRequests.produce(producer.withEpoch(0), TOPIC, 0),
                OLD_PRODUCE);
        stage.ask("describe producers while it is ongoing", TransactionRequests.describeProducers(TOPIC, 0, 1), 0);
        fetches(stage, "while it is ongoing", 0);
        stage.ask("add group", TransactionRequests.addOffsets(producer, GROUP), ADD_OFFSETS);
        stage.ask("commit offsets", TransactionRequests.commit(producer, GROUP, TOPIC, 3), OLD_COMMIT);
        stage.ask(
                "commit offsets, stale epoch",
                TransactionRequests.commit(producer.withEpoch(0), GROUP, TOPIC, 4),
                OLD_COMMIT);
        stage.ask(
                "commit offsets of an unknown topic",
                TransactionRequests.commit(producer, GROUP, UNKNOWN, 3),
                OLD_COMMIT);
        stage.ask(
                "commit offsets as an unknown member",
                TransactionRequests.commit(producer, GROUP, TOPIC, 4)
                        .setMemberId("nobody")
                        .setGenerationIdOrMemberEpoch(1),
                OLD_COMMIT);
        offsets(stage, "while it is ongoing");
        stage.ask("end, stale epoch", TransactionRequests.end(producer.withEpoch(0), true), OLD_END);
        stage.ask("end, another producer id", TransactionRequests.end(producer.withProducerId(1 << 30), true), OLD_END);
        stage.ask("commit", TransactionRequests.end(producer, true), OLD_END);
        TransactionRequests.settleEnd(stage, "first");
        stage.ask("commit again", TransactionRequests.end(producer, true), OLD_END);
        stage.ask("abort after the commit", TransactionRequests.end(producer, false), OLD_END);
        stage.ask("describe after the commit", TransactionRequests.describe("first"), 0);
        stage.ask("describe producers after the commit", TransactionRequests.describeProducers(TOPIC, 0, 1), 0);
        fetches(stage, "after the commit", 0);
        offsets(stage, "after the commit");
    }

    private static void aborted(Stage stage, Producer producer) {
        stage.ask("add for an abort", TransactionRequests.add(producer, TOPIC, 0), ADD);
        stage.ask("produce for an abort", TransactionRequests.produce(producer, TOPIC, 1), OLD_PRODUCE);
        stage.ask("add group for an abort", TransactionRequests.addOffsets(producer, GROUP), ADD_OFFSETS);
        stage.ask("commit offsets for an abort", TransactionRequests.commit(producer, GROUP, TOPIC, 5), OLD_COMMIT);
        stage.ask("abort", TransactionRequests.end(producer, false), OLD_END);
        TransactionRequests.settleEnd(stage, "first");
        stage.ask("abort again", TransactionRequests.end(producer, false), OLD_END);
        stage.ask("commit after the abort", TransactionRequests.end(producer, true), OLD_END);
        stage.ask("describe after the abort", TransactionRequests.describe("first"), 0);
        fetches(stage, "after the abort", 2);
        offsets(stage, "after the abort");
    }

    private static void batches(Stage stage, Producer producer) {
        for (int version : new int[] {4, BATCH}) {
            String in = " in version " + version;
            stage.ask(
                    "verify what is not there" + in,
                    TransactionRequests.batch(TransactionRequests.inBatch(producer, true, TOPIC, 0)),
                    version);
            stage.ask(
                    "add by a broker" + in,
                    TransactionRequests.batch(TransactionRequests.inBatch(producer, false, TOPIC, 0)),
                    version);
            stage.ask(
                    "verify one of two" + in,
                    TransactionRequests.batch(TransactionRequests.inBatch(producer, true, TOPIC, 0, 1)),
                    version);
            stage.ask(
                    "two transactions, one unknown" + in,
                    TransactionRequests.batch(
                            TransactionRequests.inBatch(producer, true, TOPIC, 0),
                            TransactionRequests.inBatch(producer.withId(UNKNOWN), true, TOPIC, 0)),
                    version);
            stage.ask(
                    "verify with a stale epoch" + in,
                    TransactionRequests.batch(TransactionRequests.inBatch(producer.withEpoch(0), true, TOPIC, 0)),
                    version);
            stage.ask(
                    "add an unknown topic by a broker" + in,
                    TransactionRequests.batch(TransactionRequests.inBatch(producer, false, UNKNOWN, 0)),
                    version);
            stage.ask("abort after" + in, TransactionRequests.end(producer, false), OLD_END);
            TransactionRequests.settleEnd(stage, "first");
        }
    }

    private static void fenced(Stage stage, Producer producer) {
        stage.ask("add before a second init", TransactionRequests.add(producer, TOPIC, 0), ADD);
        stage.ask("init while it is ongoing", TransactionRequests.init("first"), INIT);
        TransactionRequests.settleEnd(stage, "first");
        stage.ask("describe after the fence", TransactionRequests.describe("first"), 0);
        init(stage, "init after the fence", "first");
        stage.ask("add after the fence", TransactionRequests.add(producer, TOPIC, 0), ADD);
        stage.ask("end after the fence", TransactionRequests.end(producer, true), OLD_END);
        stage.ask("end after the fence in version 1", TransactionRequests.end(producer, true), 1);
        stage.ask("produce after the fence", TransactionRequests.produce(producer, TOPIC, 2), OLD_PRODUCE);
    }

    private static void newProtocol(Stage stage, Uuid topicId) {
        Producer producer = init(stage, "init of a new client", "second");
        stage.ask("abort nothing in version 5", TransactionRequests.end(producer.withId(UNKNOWN), false), END);
        stage.ask("produce without adding", TransactionRequests.produce(producer, TOPIC, 0), PRODUCE);
        stage.ask("produce by id", TransactionRequests.produceById(producer, topicId, 1), PRODUCE + 1);
        stage.ask("commit offsets without adding", TransactionRequests.commit(producer, GROUP, TOPIC, 8), COMMIT);
        stage.ask("commit offsets by id", TransactionRequests.commitById(producer, GROUP, topicId, 9), COMMIT + 1);
        stage.ask(
                "commit offsets by an unknown id",
                TransactionRequests.commitById(producer, GROUP, new Uuid(7, 7), 9),
                COMMIT + 1);
        stage.ask("describe a new client", TransactionRequests.describe("second"), 0);
        Producer next = end(stage, "commit of a new client", producer, true);
        stage.ask("commit of a new client again", TransactionRequests.end(producer, true), END);
        stage.ask("abort of a new client after its commit", TransactionRequests.end(producer, false), END);
        stage.ask("describe a new client after its commit", TransactionRequests.describe("second"), 0);
        stage.ask("produce with the epoch before", TransactionRequests.produce(producer, TOPIC, 2), PRODUCE);
        stage.ask("commit of nothing by a new client", TransactionRequests.end(next, true), END);
        Producer last = end(stage, "abort of nothing by a new client", next, false);
        stage.ask("produce with the next epoch", TransactionRequests.produce(last, TOPIC, 0), PRODUCE);
        end(stage, "abort of a new client", last, false);
        fetches(stage, "of a new client", 6);
        offsets(stage, "of a new client");
        stage.ask("describe producers of both", TransactionRequests.describeProducers(TOPIC, 1), 0);
    }

    private static void markers(Stage stage) {
        stage.ask("marker of an unknown producer", TransactionRequests.marker(4_000, 1, 5, TOPIC, 1), 1);
        stage.ask("marker of a stale coordinator", TransactionRequests.marker(4_000, 1, 4, TOPIC, 1), 1);
        stage.ask("marker with a stale epoch", TransactionRequests.marker(4_000, 0, 5, TOPIC, 1), 1);
        stage.ask("marker to an unknown topic", TransactionRequests.marker(4_000, 1, 5, UNKNOWN, 0), 1);
        stage.ask("marker to an unknown partition", TransactionRequests.marker(4_000, 1, 5, TOPIC, 7), 1);
        stage.ask("no marker", new WriteTxnMarkersRequestData(), 1);
        for (int version : new int[] {0, 1, 2, 3}) {
            WriteTxnMarkersRequestData request = TransactionRequests.marker(4_000, 2, 5, TOPIC, 1);
            request.markers().getFirst().setTransactionVersion((byte) version);
            stage.ask("marker of transaction version " + version, request, 2);
        }
    }

    private static void lists(Stage stage, Producer producer) {
        stage.ask("describe an unknown id", TransactionRequests.describe(UNKNOWN), 0);
        stage.ask("describe an empty id", TransactionRequests.describe(""), 0);
        stage.ask("describe nothing", new DescribeTransactionsRequestData(), 0);
        stage.ask("describe producers of an unknown topic", TransactionRequests.describeProducers(UNKNOWN, 0), 0);
        stage.ask("describe producers of an unknown partition", TransactionRequests.describeProducers(TOPIC, 7), 0);
        stage.ask("describe no producers", new DescribeProducersRequestData(), 0);
        stage.ask("list in no such state", TransactionRequests.list(producer, "Sleepy"), LIST);
        stage.ask("list in one state and no such state", TransactionRequests.list(producer, "Empty", "Sleepy"), LIST);
        stage.ask("list in a state written otherwise", TransactionRequests.list(producer, "eMPTY"), LIST);
        stage.ask("list for a day", TransactionRequests.list(producer).setDurationFilter(86_400_000), LIST);
        stage.ask("list of no such producer", TransactionRequests.list(producer.withProducerId(1 << 30)), LIST);
        for (String pattern :
                List.of("fi.*", "fi", "first|second", "", "irst", "(?i)FIRST", "[", "(", "a{2,1}", "(?=f)")) {
            stage.ask(
                    "list by `" + pattern + "`",
                    TransactionRequests.list(producer).setTransactionalIdPattern(pattern),
                    LIST);
        }
        stage.ask(
                "list by a wrong pattern, in no such state",
                new ListTransactionsRequestData()
                        .setStateFilters(List.of("Sleepy"))
                        .setTransactionalIdPattern("["),
                LIST);
    }

    private static Producer init(Stage stage, String step, String id) {
        return Producer.of(id, stage.ask(InitProducerIdResponseData.class, step, TransactionRequests.init(id), INIT));
    }

    private static Producer end(Stage stage, String step, Producer producer, boolean committed) {
        var answer = stage.ask(EndTxnResponseData.class, step, TransactionRequests.end(producer, committed), END);
        TransactionRequests.settleEnd(stage, producer.id());
        return new Producer(producer.id(), answer.producerId(), answer.producerEpoch());
    }

    private static void fetches(Stage stage, String when, long offset) {
        stage.ask("fetch " + when, DataRequests.fetch(TOPIC, 0, offset), DataRequests.FETCH_VERSION);
        stage.ask(
                "fetch what is committed " + when,
                DataRequests.fetch(TOPIC, 0, offset).setIsolationLevel((byte) 1),
                DataRequests.FETCH_VERSION);
        stage.ask(
                "latest that is committed " + when,
                DataRequests.listOffsets(TOPIC, 0, -1).setIsolationLevel((byte) 1),
                10);
    }

    private static void offsets(Stage stage, String when) {
        stage.ask("fetch offsets " + when, GroupRequests.fetchOffsets(GROUP, TOPIC, 0), 9);
        stage.ask(
                "fetch stable offsets " + when,
                GroupRequests.fetchOffsets(GROUP, TOPIC, 0).setRequireStable(true),
                9);
    }
}
