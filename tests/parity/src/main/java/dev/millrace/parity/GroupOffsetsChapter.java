package dev.millrace.parity;

import static dev.millrace.parity.GroupRequests.commit;
import static dev.millrace.parity.GroupRequests.commitById;
import static dev.millrace.parity.GroupRequests.deleteOffsets;
import static dev.millrace.parity.GroupRequests.fetchOffsets;
import static dev.millrace.parity.GroupRequests.fetchOffsetsById;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;

/** OffsetCommit, OffsetFetch and OffsetDelete by consumers that are members of nothing. */
final class GroupOffsetsChapter implements Chapter {
    private static final String GROUP = "group-offsets";
    private static final String TOPIC = "group-offsets";

    /** The newest versions that name topics, and the first that go by id. */
    private static final int COMMIT = 9;

    private static final int FETCH = 9;
    private static final int BY_ID = 10;

    @Override
    public String name() {
        return "group-offsets";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(Requests.topic(TOPIC, 2));
        stage.settleCoordinator(GROUP);
        stage.ask("fetch from an unknown group", fetchOffsets(GROUP, TOPIC, 0, 1), FETCH);
        stage.ask("fetch all of an unknown group", Requests.fetchOffsets(GROUP), FETCH);
        commits(stage, topicId);
        fetches(stage, topicId);
        deletions(stage);
    }

    private static void commits(Stage stage, Uuid topicId) {
        stage.ask("commit", commit(GROUP, TOPIC, 0, 5), COMMIT);
        stage.ask("commit backwards", commit(GROUP, TOPIC, 0, 2), COMMIT);
        stage.ask("commit with metadata", withMetadata("half way"), COMMIT);
        stage.ask("commit with metadata of 4,096 characters", withMetadata("m".repeat(4_096)), COMMIT);
        stage.ask("commit with metadata of 4,097 characters", withMetadata("m".repeat(4_097)), COMMIT);
        stage.ask("commit with short metadata again", withMetadata("three"), COMMIT);
        stage.ask("commit offset -1", commit(GROUP, TOPIC, 0, -1), COMMIT);
        stage.ask("commit to an unknown topic", commit(GROUP, "group-offsets-unknown", 0, 5), COMMIT);
        stage.ask("commit to an unknown partition", commit(GROUP, TOPIC, 9, 5), COMMIT);
        stage.ask("commit without a group", commit("", TOPIC, 0, 5), COMMIT);
        stage.ask("commit of nothing", new OffsetCommitRequestData().setGroupId(GROUP), COMMIT);
        stage.ask(
                "commit with a generation nobody has",
                commit(GROUP, TOPIC, 0, 5).setGenerationIdOrMemberEpoch(3).setMemberId("nobody"),
                COMMIT);
        stage.ask(
                "commit with a generation to no group",
                commit("group-offsets-none", TOPIC, 0, 5)
                        .setGenerationIdOrMemberEpoch(3)
                        .setMemberId("nobody"),
                COMMIT);
        stage.ask("commit by topic id", commitById(GROUP, topicId, 1, 8), BY_ID);
        stage.ask("commit by unknown topic id", commitById(GROUP, new Uuid(2, 3), 1, 8), BY_ID);
        stage.ask("commit with a time to keep it", commit(GROUP, TOPIC, 0, 7).setRetentionTimeMs(1_000), 4);
    }

    private static OffsetCommitRequestData withMetadata(String metadata) {
        return commit(GROUP, new OffsetCommitRequestTopic().setName(TOPIC), 0, 6, metadata);
    }

    private static void fetches(Stage stage, Uuid topicId) {
        stage.ask("fetch", fetchOffsets(GROUP, TOPIC, 0, 1), FETCH);
        stage.ask("fetch, must be stable", fetchOffsets(GROUP, TOPIC, 0).setRequireStable(true), FETCH);
        stage.ask("fetch all", Requests.fetchOffsets(GROUP), FETCH);
        stage.ask("fetch an unknown topic", fetchOffsets(GROUP, "group-offsets-unknown", 0), FETCH);
        stage.ask("fetch an unknown partition", fetchOffsets(GROUP, TOPIC, 9), FETCH);
        stage.ask("fetch without a group", fetchOffsets("", TOPIC, 0), FETCH);
        stage.ask("fetch of no partitions", fetchOffsets(GROUP, TOPIC), FETCH);
        stage.ask("fetch by topic id", fetchOffsetsById(GROUP, topicId, 0, 1), BY_ID);
        stage.ask("fetch by unknown topic id", fetchOffsetsById(GROUP, new Uuid(2, 3), 0), BY_ID);
        stage.ask("fetch all by id", Requests.fetchOffsets(GROUP), BY_ID);
        OffsetFetchRequestData two = fetchOffsets(GROUP, TOPIC, 0);
        two.setGroups(List.of(
                two.groups().getFirst(),
                new OffsetFetchRequestGroup().setGroupId("group-offsets-other").setTopics(null)));
        stage.ask("fetch of two groups", two, FETCH);
        OffsetFetchRequestData asMember = fetchOffsets(GROUP, TOPIC, 0);
        asMember.groups().getFirst().setMemberId("nobody").setMemberEpoch(3);
        stage.ask("fetch as an unknown member", asMember, FETCH);
    }

    private static void deletions(Stage stage) {
        stage.ask("delete", deleteOffsets(GROUP, TOPIC, 0), 0);
        stage.ask("delete again", deleteOffsets(GROUP, TOPIC, 0), 0);
        stage.ask("delete of an unknown topic", deleteOffsets(GROUP, "group-offsets-unknown", 0), 0);
        stage.ask("delete of an unknown partition", deleteOffsets(GROUP, TOPIC, 9), 0);
        stage.ask("delete of an unknown group", deleteOffsets("group-offsets-none", TOPIC, 0), 0);
        stage.ask("delete without a group", deleteOffsets("", TOPIC, 0), 0);
        stage.ask("fetch what is left", Requests.fetchOffsets(GROUP), FETCH);
        stage.ask("describe a group of offsets alone", GroupRequests.describe(GROUP), 6);
        stage.ask("delete the group", GroupRequests.delete(GROUP), 2);
        stage.ask("fetch from the deleted group", Requests.fetchOffsets(GROUP), FETCH);
    }
}
