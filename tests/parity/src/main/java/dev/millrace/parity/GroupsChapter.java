package dev.millrace.parity;

import static dev.millrace.parity.GroupRequests.heartbeat;
import static dev.millrace.parity.GroupRequests.instance;
import static dev.millrace.parity.GroupRequests.join;
import static dev.millrace.parity.GroupRequests.leave;
import static dev.millrace.parity.GroupRequests.member;
import static dev.millrace.parity.GroupRequests.sync;

import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;

/** The classic group protocol: coordinators, joins, rebalances, static members, and what administrators ask about groups. */
final class GroupsChapter implements Chapter {
    private static final String GROUP = "groups";
    private static final String TOPIC = "groups";
    private static final int JOIN = 9;
    private static final int SYNC = 5;
    private static final int HEARTBEAT = 4;
    private static final int LEAVE = 5;
    private static final int DESCRIBE = 6;
    private static final int LIST = 5;
    private static final int DELETE = 2;

    @Override
    public String name() {
        return "groups";
    }

    @Override
    public void play(Stage stage) {
        stage.topic(Requests.topic(TOPIC, 4));
        stage.settleCoordinator(GROUP);
        coordinators(stage);
        unknown(stage);
        refusedJoins(stage);
        String leader = oneMember(stage);
        wrongMembers(stage, leader);
        inspected(stage, leader);
        twoMembers(stage, leader);
        staticMembers(stage);
        deleted(stage);
    }

    private static void coordinators(Stage stage) {
        stage.ask("coordinator", Requests.findCoordinator(GROUP), 4);
        stage.ask("coordinators of two", Requests.findCoordinator(GROUP, "groups-other"), 4);
        stage.ask("coordinator in version 3", new FindCoordinatorRequestData().setKey(GROUP), 3);
        stage.ask("coordinator of type 9", Requests.findCoordinator(GROUP).setKeyType((byte) 9), 4);
        stage.ask("coordinator of an empty name", Requests.findCoordinator(""), 4);
        stage.ask(
                "coordinator of a malformed share key",
                Requests.findCoordinator("x").setKeyType((byte) 2),
                6);
    }

    private static void unknown(Stage stage) {
        stage.ask("describe an unknown group", GroupRequests.describe("groups-unknown"), DESCRIBE);
        stage.ask("describe an unknown group in version 5", GroupRequests.describe("groups-unknown"), 5);
        stage.ask("describe an empty name", GroupRequests.describe(""), DESCRIBE);
        stage.ask("heartbeat to an unknown group", heartbeat("groups-unknown", 1, "x"), HEARTBEAT);
        stage.ask("sync with an unknown group", sync("groups-unknown", 1, "x"), SYNC);
        stage.ask("leave an unknown group", leave("groups-unknown", member("x")), LEAVE);
        stage.ask("join an unknown group as a member", join("groups-unknown", "x", TOPIC, "range"), JOIN);
        stage.ask("delete an unknown group", GroupRequests.delete("groups-unknown"), DELETE);
    }

    private static void refusedJoins(Stage stage) {
        stage.ask("join without a group", join("", "", TOPIC, "range"), JOIN);
        stage.ask("join without protocols", join(GROUP, "", TOPIC), JOIN);
        stage.ask(
                "join without a protocol type", join(GROUP, "", TOPIC, "range").setProtocolType(""), JOIN);
        stage.ask("join with a session of 1 ms", join(GROUP, "", TOPIC, "range").setSessionTimeoutMs(1), JOIN);
        stage.ask(
                "join with an endless session",
                join(GROUP, "", TOPIC, "range").setSessionTimeoutMs(Integer.MAX_VALUE),
                JOIN);
    }

    private static String oneMember(Stage stage) {
        String id = stage.ask(
                        JoinGroupResponseData.class,
                        "first join gets an id",
                        join(GROUP, "", TOPIC, "range", "roundrobin"),
                        JOIN)
                .memberId();
        stage.ask("describe a group before its first join", GroupRequests.describe(GROUP), DESCRIBE);
        stage.ask("join as leader", join(GROUP, id, TOPIC, "range", "roundrobin"), JOIN);
        stage.ask("heartbeat before sync", heartbeat(GROUP, 1, id), HEARTBEAT);
        stage.ask("describe before sync", GroupRequests.describe(GROUP), DESCRIBE);
        stage.ask("sync", sync(GROUP, 1, id, id), SYNC);
        stage.ask("sync again", sync(GROUP, 1, id), SYNC);
        stage.ask("heartbeat", heartbeat(GROUP, 1, id), HEARTBEAT);
        return id;
    }

    private static void wrongMembers(Stage stage, String leader) {
        stage.ask("heartbeat of an old generation", heartbeat(GROUP, 0, leader), HEARTBEAT);
        stage.ask("heartbeat of a future generation", heartbeat(GROUP, 2, leader), HEARTBEAT);
        stage.ask("heartbeat of an unknown member", heartbeat(GROUP, 1, "nobody"), HEARTBEAT);
        stage.ask("heartbeat without a group", heartbeat("", 1, leader), HEARTBEAT);
        stage.ask(
                "heartbeat of an unknown instance",
                heartbeat(GROUP, 1, leader).setGroupInstanceId("nobody"),
                HEARTBEAT);
        stage.ask("sync with an old generation", sync(GROUP, 0, leader), SYNC);
        stage.ask("sync as an unknown member", sync(GROUP, 1, "nobody"), SYNC);
        stage.ask("sync with another protocol", sync(GROUP, 1, leader).setProtocolName("sticky"), SYNC);
        stage.ask("sync with another protocol type", sync(GROUP, 1, leader).setProtocolType("connect"), SYNC);
        stage.ask("join as an unknown member", join(GROUP, "nobody", TOPIC, "range"), JOIN);
        stage.ask("join with no protocol in common", join(GROUP, "", TOPIC, "sticky"), JOIN);
        stage.ask(
                "join with another protocol type",
                join(GROUP, "", TOPIC, "range").setProtocolType("connect"),
                JOIN);
        stage.ask("leave as an unknown member", leave(GROUP, member("nobody")), LEAVE);
        stage.ask("leave as an unknown instance", leave(GROUP, instance("nobody")), LEAVE);
    }

    private static void inspected(Stage stage, String leader) {
        stage.ask("describe a stable group", GroupRequests.describe(GROUP), DESCRIBE);
        stage.ask(
                "describe with operations",
                GroupRequests.describe(GROUP).setIncludeAuthorizedOperations(true),
                DESCRIBE);
        stage.ask("list stable groups", GroupRequests.list(List.of("Stable"), List.of()), LIST);
        stage.ask("list stable groups, written otherwise", GroupRequests.list(List.of("sTABLE"), List.of()), LIST);
        stage.ask("list classic groups", GroupRequests.list(List.of("Stable"), List.of("classic")), LIST);
        stage.ask("list consumer groups", GroupRequests.list(List.of(), List.of("consumer")), LIST);
        stage.ask("list groups in no such state", GroupRequests.list(List.of("Sleepy"), List.of()), LIST);
        stage.ask("list groups of no such type", GroupRequests.list(List.of(), List.of("Odd")), LIST);
        stage.ask("delete a group with members", GroupRequests.delete(GROUP), DELETE);
        stage.ask(
                "commit as a member",
                GroupRequests.commit(GROUP, TOPIC, 0, 3)
                        .setGenerationIdOrMemberEpoch(1)
                        .setMemberId(leader),
                9);
        stage.ask(
                "commit as an old generation",
                GroupRequests.commit(GROUP, TOPIC, 0, 3)
                        .setGenerationIdOrMemberEpoch(0)
                        .setMemberId(leader),
                9);
        stage.ask(
                "commit as an unknown member",
                GroupRequests.commit(GROUP, TOPIC, 0, 3)
                        .setGenerationIdOrMemberEpoch(1)
                        .setMemberId("nobody"),
                9);
        stage.ask("commit as no member to a group with members", GroupRequests.commit(GROUP, TOPIC, 0, 3), 9);
        stage.ask("delete an offset that is subscribed", GroupRequests.deleteOffsets(GROUP, TOPIC, 0), 0);
        stage.ask("delete an offset that is not subscribed", GroupRequests.deleteOffsets(GROUP, "produce", 0), 0);
    }

    private static void twoMembers(Stage stage, String leader) {
        try (Connection second = stage.connect()) {
            second.send(join(GROUP, "", TOPIC, "range"), 3);
            stage.settle("the group did not rebalance", () -> stage.stateIs(GROUP, "PreparingRebalance"));
            stage.ask("heartbeat while it rebalances", heartbeat(GROUP, 1, leader), HEARTBEAT);
            stage.ask("sync while it rebalances", sync(GROUP, 1, leader), SYNC);
            stage.ask(
                    "commit while it rebalances",
                    GroupRequests.commit(GROUP, TOPIC, 0, 4)
                            .setGenerationIdOrMemberEpoch(1)
                            .setMemberId(leader),
                    9);
            var joined = stage.ask(
                    JoinGroupResponseData.class, "leader joins again", join(GROUP, leader, TOPIC, "range"), JOIN);
            String follower = stage.record(JoinGroupResponseData.class, "second member joins in version 3", second, 3)
                    .memberId();
            stage.ask("heartbeat between join and sync", heartbeat(GROUP, 2, leader), HEARTBEAT);
            stage.ask(
                    "commit between join and sync",
                    GroupRequests.commit(GROUP, TOPIC, 0, 4)
                            .setGenerationIdOrMemberEpoch(2)
                            .setMemberId(leader),
                    9);
            second.send(sync(GROUP, 2, follower).setProtocolName(null).setProtocolType(null), 3);
            stage.ask("leader syncs", sync(GROUP, joined.generationId(), leader, leader, follower), SYNC);
            stage.record("follower syncs in version 3", 14, 3, second.receive());
            stage.ask("describe a group of two", GroupRequests.describe(GROUP), DESCRIBE);
            stage.ask("follower joins again, unchanged", join(GROUP, follower, TOPIC, "range"), JOIN);
            stage.ask("follower and a stranger leave", leave(GROUP, member(follower), member("nobody")), LEAVE);
            stage.ask("heartbeat after one left", heartbeat(GROUP, 2, leader), HEARTBEAT);
            stage.ask("heartbeat of who left", heartbeat(GROUP, 2, follower), HEARTBEAT);
        }
        stage.ask("join after one left", join(GROUP, leader, TOPIC, "range"), JOIN);
        stage.ask("sync of generation 3", sync(GROUP, 3, leader, leader), SYNC);
        stage.ask("leave in version 2", GroupRequests.leave(GROUP).setMemberId(leader), 2);
        stage.ask("describe an empty group", GroupRequests.describe(GROUP), DESCRIBE);
    }

    private static void staticMembers(Stage stage) {
        String group = "groups-static";
        String first = stage.ask(
                        JoinGroupResponseData.class,
                        "static member joins",
                        inInstance(join(group, "", TOPIC, "range")),
                        JOIN)
                .memberId();
        stage.ask("static member syncs", sync(group, 1, first, first).setGroupInstanceId("one"), SYNC);
        String second = stage.ask(
                        JoinGroupResponseData.class,
                        "static member comes back",
                        inInstance(join(group, "", TOPIC, "range")),
                        JOIN)
                .memberId();
        stage.ask("heartbeat of its former self", heartbeat(group, 1, first).setGroupInstanceId("one"), HEARTBEAT);
        stage.ask("sync of its former self", sync(group, 1, first).setGroupInstanceId("one"), SYNC);
        stage.ask("join of its former self", inInstance(join(group, first, TOPIC, "range")), JOIN);
        stage.ask("sync of its new self", sync(group, 1, second).setGroupInstanceId("one"), SYNC);
        stage.ask("heartbeat of its new self", heartbeat(group, 1, second).setGroupInstanceId("one"), HEARTBEAT);
        stage.ask("describe a static member", GroupRequests.describe(group), DESCRIBE);
        stage.ask("its former self leaves", leave(group, instance("one").setMemberId(first)), LEAVE);
        stage.ask("it leaves by its instance", leave(group, instance("one")), LEAVE);
        stage.ask("it leaves again", leave(group, instance("one")), LEAVE);
    }

    private static JoinGroupRequestData inInstance(JoinGroupRequestData request) {
        return request.setGroupInstanceId("one");
    }

    private static void deleted(Stage stage) {
        stage.ask("list empty groups", GroupRequests.list(List.of("Empty"), List.of()), LIST);
        stage.ask(
                "delete two groups and a stranger",
                GroupRequests.delete(GROUP, "groups-static", "groups-unknown"),
                DELETE);
        stage.ask("delete again", GroupRequests.delete(GROUP), DELETE);
        stage.ask("delete an empty name", GroupRequests.delete(""), DELETE);
        stage.ask("describe a deleted group", GroupRequests.describe(GROUP), DESCRIBE);
    }
}
