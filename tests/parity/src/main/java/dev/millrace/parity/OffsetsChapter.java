package dev.millrace.parity;

import static dev.millrace.parity.DataRequests.listOffsets;
import static dev.millrace.parity.DataRequests.offsetForEpoch;

import java.util.List;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.protocol.ApiMessage;

/** ListOffsets, OffsetForLeaderEpoch and DeleteRecords: where a partition begins, ends, and when. */
final class OffsetsChapter implements Chapter {
    private static final String TOPIC = "offsets";
    private static final int VERSION = 10;

    @Override
    public String name() {
        return "offsets";
    }

    @Override
    public void play(Stage stage) {
        stage.topic(TOPIC);
        special(stage, "empty partition");
        stage.ask("end of epoch 0, empty partition", offsetForEpoch(TOPIC, 0, -1, 0), 4);
        stage.ask("end of epoch 1, empty partition", offsetForEpoch(TOPIC, 0, -1, 1), 4);
        for (int batch = 0; batch < 3; batch++) {
            stage.quietly(
                    ApiMessage.class, DataRequests.produce(TOPIC, 0, Batches.plain(4)), DataRequests.PRODUCE_VERSION);
        }
        special(stage, "filled partition");
        byTime(stage);
        misdirected(stage);
        epochs(stage);
        deletions(stage);
        special(stage, "shortened partition");
        stage.ask("fetch below the new beginning", DataRequests.fetch(TOPIC, 0, 2), DataRequests.FETCH_VERSION);
        stage.ask("fetch at the new beginning", DataRequests.fetch(TOPIC, 0, 5), DataRequests.FETCH_VERSION);
    }

    /** Latest -1, earliest -2, greatest time -3, earliest local -4, latest tiered -5, earliest pending upload -6; and what nobody defined. */
    private static void special(Stage stage, String when) {
        for (long timestamp = -1; timestamp >= -5; timestamp--) {
            stage.ask(when + ", timestamp " + timestamp, listOffsets(TOPIC, 0, timestamp), VERSION);
        }
        stage.ask(when + ", timestamp -6", listOffsets(TOPIC, 0, -6), 11);
        stage.ask(when + ", timestamp -7", listOffsets(TOPIC, 0, -7), 11);
    }

    private static void byTime(Stage stage) {
        stage.ask("time of the first record", listOffsets(TOPIC, 0, Batches.TIME_MS), VERSION);
        stage.ask("time before all", listOffsets(TOPIC, 0, 0), VERSION);
        stage.ask("time of the third record", listOffsets(TOPIC, 0, Batches.TIME_MS + 2), VERSION);
        stage.ask("time after all", listOffsets(TOPIC, 0, Batches.TIME_MS + 4), VERSION);
        stage.ask("greatest time in a version without it", listOffsets(TOPIC, 0, -3), 6);
        stage.ask("earliest local in a version without it", listOffsets(TOPIC, 0, -4), 7);
        stage.ask("isolation level 2", listOffsets(TOPIC, 0, -1).setIsolationLevel((byte) 2), VERSION);
        stage.ask("for debugging", listOffsets(TOPIC, 0, -1).setReplicaId(-2), VERSION);
        stage.ask("as a replica", listOffsets(TOPIC, 0, -1).setReplicaId(1), VERSION);
        stage.ask("as an unknown replica", listOffsets(TOPIC, 0, -1).setReplicaId(9), VERSION);
        stage.ask("negative timestamp", listOffsets(TOPIC, 0, Long.MIN_VALUE), VERSION);
        stage.ask("greatest timestamp", listOffsets(TOPIC, 0, Long.MAX_VALUE), VERSION);
        stage.ask("read committed", listOffsets(TOPIC, 0, -1).setIsolationLevel((byte) 1), VERSION);
    }

    private static void misdirected(Stage stage) {
        stage.ask("unknown topic", listOffsets("offsets-unknown", 0, -1), VERSION);
        stage.ask("unknown partition", listOffsets(TOPIC, 3, -1), VERSION);
        stage.ask("negative partition", listOffsets(TOPIC, -1, -1), VERSION);
        stage.ask("invalid topic name", listOffsets("no/such", 0, -1), VERSION);
        stage.ask("current epoch", listOffsets(TOPIC, withEpoch(0)), VERSION);
        stage.ask("future epoch", listOffsets(TOPIC, withEpoch(9)), VERSION);
        var twice = listOffsets(TOPIC, withEpoch(-1));
        twice.topics().getFirst().setPartitions(List.of(withEpoch(-1), withEpoch(-1)));
        stage.ask("same partition twice", twice, VERSION);
    }

    private static ListOffsetsPartition withEpoch(int epoch) {
        return new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1).setCurrentLeaderEpoch(epoch);
    }

    private static void epochs(Stage stage) {
        stage.ask("end of epoch 0", offsetForEpoch(TOPIC, 0, 0, 0), 4);
        stage.ask("end of epoch 0, current unknown", offsetForEpoch(TOPIC, 0, -1, 0), 4);
        stage.ask("end of a future epoch", offsetForEpoch(TOPIC, 0, -1, 7), 4);
        stage.ask("end of epoch -2", offsetForEpoch(TOPIC, 0, -1, -2), 4);
        stage.ask(
                "end of epoch 0, as a replica", offsetForEpoch(TOPIC, 0, -1, 0).setReplicaId(1), 4);
        stage.ask("end of epoch -1", offsetForEpoch(TOPIC, 0, -1, -1), 4);
        stage.ask("epoch, future current epoch", offsetForEpoch(TOPIC, 0, 4, 0), 4);
        stage.ask("epoch, unknown topic", offsetForEpoch("offsets-unknown", 0, -1, 0), 4);
        stage.ask("epoch, unknown partition", offsetForEpoch(TOPIC, 2, -1, 0), 4);
    }

    private static void deletions(Stage stage) {
        stage.ask("delete beyond the end", Requests.deleteRecords(TOPIC, 0, 100), 2);
        stage.ask("delete before offset -2", Requests.deleteRecords(TOPIC, 0, -2), 2);
        stage.settleCoordinator("offsets");
        stage.ask("delete from an internal topic", Requests.deleteRecords("__consumer_offsets", 0, 0), 2);
        stage.ask("delete, negative partition", Requests.deleteRecords(TOPIC, -1, 0), 2);
        stage.ask("delete before offset 0", Requests.deleteRecords(TOPIC, 0, 0), 2);
        stage.ask("delete, unknown topic", Requests.deleteRecords("offsets-unknown", 0, 1), 2);
        stage.ask("delete, unknown partition", Requests.deleteRecords(TOPIC, 4, 1), 2);
        stage.ask("delete before offset 5", Requests.deleteRecords(TOPIC, 0, 5), 2);
        stage.ask("delete before offset 3, again", Requests.deleteRecords(TOPIC, 0, 3), 2);
        stage.topic("offsets-emptied");
        stage.quietly(
                ApiMessage.class,
                DataRequests.produce("offsets-emptied", 0, Batches.plain(2)),
                DataRequests.PRODUCE_VERSION);
        stage.ask("delete everything", Requests.deleteRecords("offsets-emptied", 0, -1), 2);
        stage.ask("latest of the emptied", listOffsets("offsets-emptied", 0, -1), VERSION);
    }
}
