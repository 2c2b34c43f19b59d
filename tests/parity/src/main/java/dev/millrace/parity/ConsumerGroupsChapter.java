package dev.millrace.parity;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/** The newer group protocol, KIP-848, with one member at a time: what several agree on depends on who comes first. */
final class ConsumerGroupsChapter implements Chapter {
    private static final String TOPIC = "consumers";
    private static final String GROUP = "consumers";
    private static final int HEARTBEAT = 1;
    private static final int DESCRIBE = 1;
    private static final int LEAVE_EPOCH = -1;
    private static final int LEAVE_FOR_A_WHILE_EPOCH = -2;

    @Override
    public String name() {
        return "consumer-groups";
    }

    @Override
    public void play(Stage stage) {
        Uuid topicId = stage.topic(Requests.topic(TOPIC, 2));
        stage.settleCoordinator(GROUP);
        refusedJoins(stage);
        refusedHeartbeats(stage);
        oneMember(stage, topicId);
        staticMember(stage, topicId);
        otherProtocol(stage);
    }

    private static void refusedJoins(Stage stage) {
        stage.ask("join without a group", join("", "a"), HEARTBEAT);
        stage.ask("join without a member id", join(GROUP, ""), HEARTBEAT);
        stage.ask("join without topics", join(GROUP, "a").setSubscribedTopicNames(null), HEARTBEAT);
        stage.ask("join without a rebalance timeout", join(GROUP, "a").setRebalanceTimeoutMs(-1), HEARTBEAT);
        stage.ask("join with a rebalance timeout of 0", join(GROUP, "a").setRebalanceTimeoutMs(0), HEARTBEAT);
        stage.ask("join without partitions", join(GROUP, "a").setTopicPartitions(null), HEARTBEAT);
        stage.ask("join with partitions", join(GROUP, "a").setTopicPartitions(owned(new Uuid(7, 7), 0)), HEARTBEAT);
        stage.ask("join with an unknown assignor", join(GROUP, "a").setServerAssignor("sticky"), HEARTBEAT);
        stage.ask("join with an empty assignor", join(GROUP, "a").setServerAssignor(""), HEARTBEAT);
        stage.ask("join with an empty instance", join(GROUP, "a").setInstanceId(""), HEARTBEAT);
        stage.ask("join with an empty rack", join(GROUP, "a").setRackId(""), HEARTBEAT);
        stage.ask("join with epoch -3", join(GROUP, "a").setMemberEpoch(-3), HEARTBEAT);
        for (String expression : List.of("[", "(", "a{2,1}", "(?=a)")) {
            stage.ask("join with `" + expression + "`", byExpression("consumers-wrong", "a", expression), HEARTBEAT);
        }
        stage.ask("describe after refusals", describe(GROUP), DESCRIBE);
    }

    private static void refusedHeartbeats(Stage stage) {
        String group = "consumers-unknown";
        stage.ask("heartbeat to an unknown group", heartbeat(group, "a", 1), HEARTBEAT);
        stage.ask("leave an unknown group", heartbeat(group, "a", LEAVE_EPOCH), HEARTBEAT);
        stage.ask("leave an unknown group for a while", heartbeat(group, "a", LEAVE_FOR_A_WHILE_EPOCH), HEARTBEAT);
        stage.ask(
                "leave an unknown group for a while as an instance",
                heartbeat(group, "a", LEAVE_FOR_A_WHILE_EPOCH).setInstanceId("one"),
                HEARTBEAT);
        stage.ask("describe an unknown group", describe(group), DESCRIBE);
        stage.ask("describe an empty name", describe(""), DESCRIBE);
        stage.ask("describe nothing", describe(), DESCRIBE);
    }

    private static void oneMember(Stage stage, Uuid topicId) {
        stage.quietly(ConsumerGroupHeartbeatResponseData.class, join(GROUP, "a"), HEARTBEAT);
        int epoch = settle(stage, GROUP, "a", topicId);
        stage.ask("heartbeat", heartbeat(GROUP, "a", epoch), HEARTBEAT);
        stage.ask(
                "heartbeat with what it owns",
                heartbeat(GROUP, "a", epoch).setTopicPartitions(owned(topicId, 0, 1)),
                HEARTBEAT);
        stage.ask("describe", describe(GROUP), DESCRIBE);
        stage.ask("describe in version 0", describe(GROUP), 0);
        stage.ask("describe with a stranger", describe(GROUP, "consumers-unknown"), DESCRIBE);
        stage.ask("describe with operations", describe(GROUP).setIncludeAuthorizedOperations(true), DESCRIBE);
        stage.ask("describe as a classic group", GroupRequests.describe(GROUP), 6);
        stage.ask("list consumer groups", GroupRequests.list(List.of("Stable"), List.of("Consumer")), 5);
        stage.ask("heartbeat of an unknown member", heartbeat(GROUP, "nobody", epoch), HEARTBEAT);
        stage.ask("heartbeat with a future epoch", heartbeat(GROUP, "a", epoch + 9), HEARTBEAT);
        stage.ask(
                "heartbeat of an unknown instance", heartbeat(GROUP, "a", epoch).setInstanceId("one"), HEARTBEAT);
        stage.ask(
                "heartbeat with an unknown assignor",
                heartbeat(GROUP, "a", epoch).setServerAssignor("sticky"),
                HEARTBEAT);
        stage.ask("heartbeat without a member id", heartbeat(GROUP, "", epoch), HEARTBEAT);
        stage.ask(
                "heartbeat with a wrong expression",
                heartbeat(GROUP, "a", epoch).setSubscribedTopicRegex("["),
                HEARTBEAT);
        stage.ask(
                "commit as a member",
                GroupRequests.commit(GROUP, TOPIC, 0, 3).setMemberId("a").setGenerationIdOrMemberEpoch(epoch),
                9);
        stage.ask(
                "commit with a future epoch",
                GroupRequests.commit(GROUP, TOPIC, 0, 4).setMemberId("a").setGenerationIdOrMemberEpoch(epoch + 9),
                9);
        stage.ask(
                "commit in version 8",
                GroupRequests.commit(GROUP, TOPIC, 0, 4).setMemberId("a").setGenerationIdOrMemberEpoch(epoch),
                8);
        stage.ask(
                "commit as an unknown member",
                GroupRequests.commit(GROUP, TOPIC, 0, 4).setMemberId("nobody").setGenerationIdOrMemberEpoch(epoch),
                9);
        stage.ask("commit as no member", GroupRequests.commit(GROUP, TOPIC, 0, 4), 9);
        stage.ask("delete a group with a member", GroupRequests.delete(GROUP), 2);
        stage.ask("join a consumer group as a classic member", GroupRequests.join(GROUP, "", "elsewhere"), 9);
        stage.ask("leave as an unknown member", heartbeat(GROUP, "nobody", LEAVE_EPOCH), HEARTBEAT);
        stage.ask("leave for a while without an instance", heartbeat(GROUP, "a", LEAVE_FOR_A_WHILE_EPOCH), HEARTBEAT);
        stage.ask("leave", heartbeat(GROUP, "a", LEAVE_EPOCH), HEARTBEAT);
        stage.ask("leave again", heartbeat(GROUP, "a", LEAVE_EPOCH), HEARTBEAT);
        stage.ask("describe an empty group", describe(GROUP), DESCRIBE);
        stage.ask("commit as no member to an empty group", GroupRequests.commit(GROUP, TOPIC, 0, 5), 9);
    }

    private static void staticMember(Stage stage, Uuid topicId) {
        String group = "consumers-static";
        stage.settleCoordinator(group);
        stage.quietly(ConsumerGroupHeartbeatResponseData.class, join(group, "a").setInstanceId("one"), HEARTBEAT);
        int epoch = settle(stage, group, "a", topicId);
        stage.ask("a second with the same instance", join(group, "b").setInstanceId("one"), HEARTBEAT);
        stage.ask(
                "heartbeat of another in its instance",
                heartbeat(group, "b", epoch).setInstanceId("one"),
                HEARTBEAT);
        stage.ask(
                "leave for a while",
                heartbeat(group, "a", LEAVE_FOR_A_WHILE_EPOCH).setInstanceId("one"),
                HEARTBEAT);
        stage.ask("describe who left for a while", describe(group), DESCRIBE);
        stage.ask(
                "heartbeat after it left for a while",
                heartbeat(group, "a", epoch).setInstanceId("one"),
                HEARTBEAT);
        stage.quietly(ConsumerGroupHeartbeatResponseData.class, join(group, "b").setInstanceId("one"), HEARTBEAT);
        settle(stage, group, "b", topicId);
        stage.ask("describe who came back", describe(group), DESCRIBE);
        stage.ask("leave of its former self", heartbeat(group, "a", LEAVE_EPOCH).setInstanceId("one"), HEARTBEAT);
        stage.ask("leave for good", heartbeat(group, "b", LEAVE_EPOCH).setInstanceId("one"), HEARTBEAT);
        stage.ask("describe who left for good", describe(group), DESCRIBE);
    }

    private static void otherProtocol(Stage stage) {
        String group = "consumers-classic";
        stage.settleCoordinator(group);
        stage.ask("commit to a group that nobody joined", GroupRequests.commit(group, TOPIC, 0, 3), 9);
        stage.ask("describe a classic group", describe(group), DESCRIBE);
        stage.ask("heartbeat to a classic group", heartbeat(group, "a", 1), HEARTBEAT);
        stage.ask("delete what is empty", GroupRequests.delete(GROUP, group), 2);
    }

    static ConsumerGroupHeartbeatRequestData join(String group, String member) {
        return heartbeat(group, member, 0)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of(TOPIC))
                .setTopicPartitions(List.of());
    }

    private static ConsumerGroupHeartbeatRequestData byExpression(String group, String member, String expression) {
        return join(group, member).setSubscribedTopicNames(null).setSubscribedTopicRegex(expression);
    }

    static ConsumerGroupHeartbeatRequestData heartbeat(String group, String member, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setMemberEpoch(epoch);
    }

    private static List<TopicPartitions> owned(Uuid topicId, Integer... partitions) {
        return List.of(new TopicPartitions().setTopicId(topicId).setPartitions(List.of(partitions)));
    }

    static ConsumerGroupDescribeRequestData describe(String... groups) {
        return new ConsumerGroupDescribeRequestData().setGroupIds(List.of(groups));
    }

    /** A broker may assign in its own time: acknowledges until the member has both partitions. Gives the member's epoch. */
    private static int settle(Stage stage, String group, String member, Uuid topicId) {
        return stage.settle("member " + member + " of " + group + " got no partitions", () -> {
            var described = stage.quietly(ConsumerGroupDescribeResponseData.class, describe(group), DESCRIBE)
                    .groups()
                    .getFirst();
            for (var found : described.members()) {
                var acknowledged = heartbeat(group, member, found.memberEpoch())
                        .setInstanceId(found.instanceId())
                        .setTopicPartitions(
                                found.assignment().topicPartitions().isEmpty() ? List.of() : owned(topicId, 0, 1));
                stage.quietly(ConsumerGroupHeartbeatResponseData.class, acknowledged, HEARTBEAT);
                if (described.groupState().equals("Stable")
                        && !found.assignment().topicPartitions().isEmpty()) {
                    return Optional.of(found.memberEpoch());
                }
            }
            return Optional.empty();
        });
    }
}
