package dev.millrace.parity;

import static dev.millrace.parity.DataRequests.FETCH_BY_ID_VERSION;
import static dev.millrace.parity.DataRequests.FETCH_VERSION;
import static dev.millrace.parity.DataRequests.fetch;
import static dev.millrace.parity.DataRequests.startingAt;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Fetch: ranges, limits, epochs, topic ids and sessions. */
final class FetchChapter implements Chapter {
    private static final String TOPIC = "fetch";

    /** Session epochs: begin one, and use none. */
    private static final int INITIAL = 0;

    private static final int FINAL = -1;

    @Override
    public String name() {
        return "fetch";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(Requests.topic(TOPIC, 2));
        for (int batch = 0; batch < 4; batch++) {
            write(stage, 0, 3);
        }
        write(stage, 1, 1);
        ranges(stage);
        limits(stage);
        epochs(stage);
        misdirected(stage, topicId);
        sessions(stage);
        sessionsById(stage, topicId);
        sessionErrors(stage);
        removedTopic(stage);
    }

    private static void write(Stage stage, int partition, int count) {
        stage.quietly(
                ApiMessage.class,
                DataRequests.produce(TOPIC, partition, Batches.plain(count)),
                DataRequests.PRODUCE_VERSION);
    }

    private static void ranges(Stage stage) {
        stage.ask("from the beginning", fetch(TOPIC, 0, 0), FETCH_VERSION);
        stage.ask("from the middle of a batch", fetch(TOPIC, 0, 4), FETCH_VERSION);
        stage.ask("from the end", fetch(TOPIC, 0, 12), FETCH_VERSION);
        stage.ask("beyond the end", fetch(TOPIC, 0, 13), FETCH_VERSION);
        stage.ask("before the beginning", fetch(TOPIC, 0, -1), FETCH_VERSION);
        stage.ask("read committed", fetch(TOPIC, 0, 0).setIsolationLevel((byte) 1), FETCH_VERSION);
        stage.ask("isolation level 2", fetch(TOPIC, 0, 0).setIsolationLevel((byte) 2), FETCH_VERSION);
        stage.ask("end, waiting 100 ms", fetch(TOPIC, 0, 12).setMaxWaitMs(100), FETCH_VERSION);
        stage.ask(
                "min bytes 0 at the end",
                fetch(TOPIC, 0, 12).setMaxWaitMs(10_000).setMinBytes(0),
                FETCH_VERSION);
        stage.ask("read committed beyond the end", fetch(TOPIC, 0, 13).setIsolationLevel((byte) 1), FETCH_VERSION);
        stage.ask("nothing at all", new FetchRequestData().setMaxWaitMs(0), FETCH_VERSION);
    }

    private static void limits(Stage stage) {
        stage.ask("partition limit of one byte", of(startingAt(0, 0).setPartitionMaxBytes(1)), FETCH_VERSION);
        stage.ask("partition limit of 0", of(startingAt(0, 0).setPartitionMaxBytes(0)), FETCH_VERSION);
        stage.ask("partition limit of two batches", of(startingAt(0, 0).setPartitionMaxBytes(250)), FETCH_VERSION);
        stage.ask("request limit of one byte", fetch(TOPIC, 0, 0).setMaxBytes(1), FETCH_VERSION);
        stage.ask(
                "request limit over two partitions",
                of(startingAt(0, 0), startingAt(1, 0)).setMaxBytes(1),
                FETCH_VERSION);
        stage.ask("partition limit of -1", of(startingAt(0, 0).setPartitionMaxBytes(-1)), FETCH_VERSION);
        stage.ask("request limit of 0", fetch(TOPIC, 0, 0).setMaxBytes(0), FETCH_VERSION);
        stage.ask("request limit of -1", fetch(TOPIC, 0, 0).setMaxBytes(-1), FETCH_VERSION);
        stage.ask("same partition twice", of(startingAt(0, 0), startingAt(0, 3)), FETCH_VERSION);
    }

    private static void epochs(Stage stage) {
        stage.ask("current epoch", of(startingAt(0, 9).setCurrentLeaderEpoch(0)), FETCH_VERSION);
        stage.ask("future epoch", of(startingAt(0, 9).setCurrentLeaderEpoch(5)), FETCH_VERSION);
        stage.ask(
                "last fetched epoch",
                of(startingAt(0, 9).setCurrentLeaderEpoch(0).setLastFetchedEpoch(0)),
                FETCH_VERSION);
        stage.ask("current epoch -2", of(startingAt(0, 9).setCurrentLeaderEpoch(-2)), FETCH_VERSION);
        stage.ask("last fetched epoch -2", of(startingAt(0, 9).setLastFetchedEpoch(-2)), FETCH_VERSION);
        stage.ask("last fetched epoch, beyond the end", of(startingAt(0, 99).setLastFetchedEpoch(0)), FETCH_VERSION);
        stage.ask("last fetched epoch ahead", of(startingAt(0, 9).setLastFetchedEpoch(3)), FETCH_VERSION);
    }

    private static void misdirected(Stage stage, Uuid topicId) {
        stage.ask("unknown topic", fetch("fetch-unknown", 0, 0), FETCH_VERSION);
        stage.ask("unknown partition", fetch(TOPIC, 7, 0), FETCH_VERSION);
        stage.ask("negative partition", fetch(TOPIC, -1, 0), FETCH_VERSION);
        stage.ask("by topic id", DataRequests.fetchById(topicId, 0, 9), FETCH_BY_ID_VERSION);
        stage.ask("unknown partition by topic id", DataRequests.fetchById(topicId, 7, 9), FETCH_BY_ID_VERSION);
        stage.ask("unknown topic id", DataRequests.fetchById(new Uuid(3, 4), 0, 0), FETCH_BY_ID_VERSION);
        stage.ask("zero topic id", DataRequests.fetchById(Uuid.ZERO_UUID, 0, 0), FETCH_BY_ID_VERSION);
        stage.ask("empty topic name", fetch("", 0, 0), FETCH_VERSION);
        stage.ask("unknown partition as a replica", fetch(TOPIC, 7, 9).setReplicaId(1), FETCH_VERSION);
        stage.ask("for debugging", fetch(TOPIC, 0, 9).setReplicaId(-2), FETCH_VERSION);
        stage.ask("as a replica", fetch(TOPIC, 0, 9).setReplicaId(1), FETCH_VERSION);
    }

    private static void sessions(Stage stage) {
        int session = stage.ask(
                        FetchResponseData.class,
                        "session begun",
                        inSession(of(startingAt(0, 9), startingAt(1, 0)), 0, INITIAL),
                        FETCH_VERSION)
                .sessionId();
        stage.ask("session, nothing new", inSession(fetch(), session, 1), FETCH_VERSION);
        write(stage, 1, 1);
        stage.ask("session, one partition grew", inSession(fetch(), session, 2), FETCH_VERSION);
        stage.ask(
                "session, both moved on",
                inSession(of(startingAt(0, 12), startingAt(1, 2)), session, 3),
                FETCH_VERSION);
        write(stage, 0, 1);
        stage.ask("session, only what changed", inSession(fetch(), session, 4), FETCH_VERSION);
        stage.ask(
                "session, one forgotten",
                inSession(fetch(), session, 5)
                        .setForgottenTopicsData(
                                List.of(new ForgottenTopic().setTopic(TOPIC).setPartitions(List.of(0)))),
                FETCH_VERSION);
        stage.ask("session, epoch repeated", inSession(fetch(), session, 5), FETCH_VERSION);
        stage.ask("session, epoch skipped", inSession(fetch(), session, 9), FETCH_VERSION);
        stage.ask("session closed", inSession(of(startingAt(0, 12)), session, FINAL), FETCH_VERSION);
        stage.ask("session after its end", inSession(fetch(), session, 7), FETCH_VERSION);
    }

    private static void sessionsById(Stage stage, Uuid topicId) {
        FetchTopic topic = new FetchTopic().setTopicId(topicId).setPartitions(List.of(startingAt(0, 12)));
        int session = stage.ask(
                        FetchResponseData.class,
                        "session by topic id",
                        inSession(fetch(topic), 0, INITIAL),
                        FETCH_BY_ID_VERSION)
                .sessionId();
        FetchTopic unknown = new FetchTopic().setTopicId(new Uuid(5, 6)).setPartitions(List.of(startingAt(0, 0)));
        stage.ask("session gets an unknown topic id", inSession(fetch(unknown), session, 1), FETCH_BY_ID_VERSION);
        stage.ask("session with an unknown topic id", inSession(fetch(), session, 2), FETCH_BY_ID_VERSION);
        stage.ask("session by id used by name", inSession(fetch(), session, 3), FETCH_VERSION);
    }

    private static void sessionErrors(Stage stage) {
        stage.ask("unknown session", inSession(fetch(), 123_456, 1), FETCH_VERSION);
        stage.ask("unknown session begun anew", inSession(of(startingAt(0, 12)), 123_456, INITIAL), FETCH_VERSION);
        stage.ask("no session with epoch 3", inSession(of(startingAt(0, 12)), 0, 3), FETCH_VERSION);
    }

    /** A topic that is deleted, and made anew, while sessions read it. */
    private static void removedTopic(Stage stage) {
        String name = "fetch-removed";
        Uuid id = stage.topic(name);
        FetchTopic byName = new FetchTopic().setTopic(name).setPartitions(List.of(startingAt(0, 0)));
        FetchTopic byId = new FetchTopic().setTopicId(id).setPartitions(List.of(startingAt(0, 0)));
        int named = begin(stage, "session of a topic that will go", byName, FETCH_VERSION);
        int numbered = begin(stage, "session by id of a topic that will go", byId, FETCH_BY_ID_VERSION);
        stage.quietly(ApiMessage.class, Requests.deleteTopics(name), 6);
        stage.settle(
                "the topic is still there",
                () -> stage.fetchError(fetch(name, 0, 0), FETCH_VERSION)
                        .filter(error -> error == Errors.UNKNOWN_TOPIC_OR_PARTITION));
        stage.ask("session whose topic is gone", inSession(fetch(), named, 1), FETCH_VERSION);
        stage.ask("session by id whose topic is gone", inSession(fetch(), numbered, 1), FETCH_BY_ID_VERSION);
        stage.topic(name);
        stage.ask("session whose topic is there again", inSession(fetch(), named, 2), FETCH_VERSION);
        stage.ask("session by id whose topic has a namesake", inSession(fetch(), numbered, 2), FETCH_BY_ID_VERSION);
        stage.ask(
                "session that forgets what it never had",
                inSession(fetch(), named, 3)
                        .setForgottenTopicsData(List.of(
                                new ForgottenTopic().setTopic("fetch-unknown").setPartitions(List.of(0, 1)))),
                FETCH_VERSION);
        stage.ask(
                "session that forgets all it has",
                inSession(fetch(), named, 4)
                        .setForgottenTopicsData(
                                List.of(new ForgottenTopic().setTopic(name).setPartitions(List.of(0)))),
                FETCH_VERSION);
        stage.ask("session that is empty", inSession(fetch(), named, 5), FETCH_VERSION);
    }

    private static int begin(Stage stage, String step, FetchTopic topic, int version) {
        return stage.ask(FetchResponseData.class, step, inSession(fetch(topic), 0, INITIAL), version)
                .sessionId();
    }

    private static FetchRequestData of(FetchRequestData.FetchPartition... partitions) {
        return fetch(new FetchTopic().setTopic(TOPIC).setPartitions(List.of(partitions)));
    }

    private static FetchRequestData inSession(FetchRequestData request, int session, int epoch) {
        return request.setSessionId(session).setSessionEpoch(epoch);
    }
}
