package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.ListedGroup;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.machine.MachineHarness;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.control.port.GroupOffsets.Committer;
import dev.millrace.control.port.GroupOffsets.Position;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One groups machine in virtual time, and what a test says to it, in few words. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class GroupsHarness {

    static final String GROUP = "g";
    static final TopicId FLIGHTS_ID = new TopicId(1, 1);

    private final MachineHarness<GroupCommand> machine;
    private final FixedCluster cluster = new FixedCluster();
    private long memberIdsCount;

    GroupsHarness() {
        this(GroupSettings.DEFAULT);
    }

    GroupsHarness(GroupSettings settings) {
        machine = new MachineHarness<>(
                () -> new GroupMachine(settings, () -> new UUID(0, ++memberIdsCount), cluster::copy));
    }

    FixedCluster cluster() {
        return cluster;
    }

    MachineHarness<GroupCommand> machine() {
        return machine;
    }

    void advanceMs(long durationMs) {
        machine.advanceMs(durationMs);
    }

    // ---- membership

    /** A request to join {@link #GROUP}, to be varied. */
    static final class Join {
        String memberId = "";
        Optional<String> instanceId = Optional.empty();
        int sessionTimeoutMs = 10_000;
        int rebalanceTimeoutMs = 60_000;
        String type = "consumer";
        List<Protocol> protocols = List.of(protocol("range", "flights"));
        boolean memberIdFirst = true;
        boolean maySkip = true;

        static Join dynamic() {
            return new Join();
        }

        static Join of(String memberId) {
            Join join = new Join();
            join.memberId = memberId;
            return join;
        }

        static Join instance(String instanceId) {
            Join join = new Join();
            join.instanceId = Optional.of(instanceId);
            return join;
        }

        Join as(String id) {
            memberId = id;
            return this;
        }

        Join withoutIdFirst() {
            memberIdFirst = false;
            return this;
        }

        Join withoutSkip() {
            maySkip = false;
            return this;
        }

        Join type(String otherType) {
            type = otherType;
            return this;
        }

        Join protocols(Protocol... others) {
            protocols = List.of(others);
            return this;
        }

        Join session(int timeoutMs) {
            sessionTimeoutMs = timeoutMs;
            return this;
        }

        Join rebalance(int timeoutMs) {
            rebalanceTimeoutMs = timeoutMs;
            return this;
        }

        JoinRequest request() {
            return new JoinRequest(
                    GROUP,
                    memberId,
                    instanceId,
                    "client",
                    "/127.0.0.1",
                    sessionTimeoutMs,
                    rebalanceTimeoutMs,
                    type,
                    protocols,
                    memberIdFirst,
                    maySkip,
                    "test");
        }
    }

    CompletableFuture<JoinAnswer> join(Join join) {
        return machine.ask(reply -> new GroupCommand.Join(join.request(), reply));
    }

    /** Gets a member id, and joins under it. */
    CompletableFuture<JoinAnswer> joinDynamic() {
        return join(Join.of(newMemberId()));
    }

    String newMemberId() {
        return value(join(Join.dynamic())).memberId();
    }

    CompletableFuture<SyncAnswer> sync(String memberId, int generation, String... membersAndAssignments) {
        Map<String, byte[]> assignments = new LinkedHashMap<>();
        for (int i = 0; i < membersAndAssignments.length; i += 2) {
            assignments.put(membersAndAssignments[i], bytes(membersAndAssignments[i + 1]));
        }
        return sync(new SyncRequest(
                GROUP, memberId, Optional.empty(), generation, Optional.empty(), Optional.empty(), assignments));
    }

    CompletableFuture<SyncAnswer> sync(SyncRequest request) {
        return machine.ask(reply -> new GroupCommand.Sync(request, reply));
    }

    CompletableFuture<Done> heartbeat(String memberId, int generation) {
        return heartbeat(new HeartbeatRequest(GROUP, memberId, Optional.empty(), generation));
    }

    CompletableFuture<Done> heartbeat(HeartbeatRequest request) {
        return machine.ask(reply -> new GroupCommand.Heartbeat(request, reply));
    }

    CompletableFuture<LeaveAnswer> leave(String memberId) {
        return leave(new LeaveRequest.Member(memberId, Optional.empty(), "test"));
    }

    CompletableFuture<LeaveAnswer> leave(LeaveRequest.Member... members) {
        return machine.ask(reply -> new GroupCommand.Leave(new LeaveRequest(GROUP, List.of(members)), reply));
    }

    /** A stable group of {@code count} dynamic members; the first leads, each is assigned its own id. */
    List<String> stableGroup(int count) {
        List<CompletableFuture<JoinAnswer>> joins = new java.util.ArrayList<>();
        String leader = joined(joinDynamic()).memberId();
        if (count == 1) {
            sync(leader, 1, leader, leader).join();
            return List.of(leader);
        }
        for (int i = 1; i < count; i++) {
            joins.add(joinDynamic());
        }
        joins.add(join(Join.of(leader)));
        List<JoinAnswer.Joined> answers =
                joins.stream().map(GroupsHarness::joined).toList();
        int generation = answers.getFirst().generation();
        List<String> ids = new java.util.ArrayList<>();
        ids.add(leader);
        answers.stream()
                .map(JoinAnswer.Joined::memberId)
                .filter(id -> !id.equals(leader))
                .forEach(ids::add);
        ids.subList(1, count).forEach(id -> sync(id, generation));
        sync(
                        leader,
                        generation,
                        ids.stream().flatMap(id -> List.of(id, id).stream()).toArray(String[]::new))
                .join();
        assertThat(state()).isEqualTo(GroupState.STABLE);
        return ids;
    }

    // ---- offsets

    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            String memberId, int generation, String topic, long offset) {
        return commit(new Committer(GROUP, memberId, Optional.empty(), generation), topic, offset, "");
    }

    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commitSimple(String topic, long offset) {
        return commit("", -1, topic, offset);
    }

    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, String topic, long offset, String metadata) {
        return commit(committer, topic, new Position(offset, OptionalInt.empty(), metadata), OptionalLong.empty());
    }

    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> commit(
            Committer committer, String topic, Position position, OptionalLong retentionMs) {
        Map<GroupOffsets.Key, CommitRequest.Commit> commits =
                Map.of(new GroupOffsets.Key(topic, 0), new CommitRequest.Commit(FLIGHTS_ID, position));
        return machine.ask(reply -> new GroupCommand.Commit(new CommitRequest(committer, commits, retentionMs), reply));
    }

    Optional<Position> committed(String topic) {
        GroupOffsets.Key key = new GroupOffsets.Key(topic, 0);
        CompletableFuture<Map<GroupOffsets.Key, CommitRequest.Commit>> fetched =
                machine.ask(reply -> new GroupCommand.Fetch(OffsetReader.anybody(GROUP), List.of(key), reply));
        return Optional.ofNullable(value(fetched).get(key)).map(CommitRequest.Commit::position);
    }

    CompletableFuture<Map<GroupOffsets.Key, CommitRequest.Commit>> fetchAll() {
        return machine.ask(reply -> new GroupCommand.FetchAll(OffsetReader.anybody(GROUP), reply));
    }

    CompletableFuture<Map<GroupOffsets.Key, Optional<ErrorCode>>> deleteOffset(String topic) {
        return machine.ask(
                reply -> new GroupCommand.DeleteOffsets(GROUP, List.of(new GroupOffsets.Key(topic, 0)), reply));
    }

    // ---- administration

    CompletableFuture<Done> deleteGroup() {
        return machine.ask(reply -> new GroupCommand.DeleteGroup(GROUP, reply));
    }

    Optional<GroupDescription> describe() {
        return value(machine.ask(reply -> new GroupCommand.Describe(GROUP, reply)));
    }

    List<ListedGroup> list() {
        return value(machine.ask(GroupCommand.ListGroups::new));
    }

    /** DEAD if there is no such group. */
    GroupState state() {
        return describe().map(GroupDescription::state).orElse(GroupState.DEAD);
    }

    // ---- looking at answers

    static JoinAnswer.Joined joined(CompletableFuture<JoinAnswer> answer) {
        assertThat(value(answer)).isInstanceOf(JoinAnswer.Joined.class);
        return (JoinAnswer.Joined) value(answer);
    }

    static <R> R value(CompletableFuture<R> answer) {
        assertThat(answer).as("an answer").isDone();
        return answer.join();
    }

    static ErrorCode error(CompletableFuture<?> answer) {
        assertThat(answer).as("an answer that failed").isCompletedExceptionally();
        return ((MillraceException) answer.exceptionNow()).code();
    }

    static String text(SyncAnswer answer) {
        return new String(answer.assignment(), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A protocol whose metadata are a consumer's subscription to {@code topics}. */
    static Protocol protocol(String name, String... topics) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(3);
            out.writeInt(topics.length);
            for (String topic : topics) {
                out.writeUTF(topic);
            }
            out.writeInt(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Protocol(name, bytes.toByteArray());
    }

    static List<String> ids(JoinAnswer.Joined joined) {
        return joined.members().stream().map(JoinAnswer.Member::memberId).toList();
    }

    static String[] each(String assignment, List<String> memberIds) {
        return memberIds.stream()
                .flatMap(id -> Arrays.stream(new String[] {id, assignment}))
                .toArray(String[]::new);
    }
}
