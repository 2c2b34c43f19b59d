package dev.millrace.control.groups;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.log.PartitionId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** A member of the consumer protocol as the coordinator sees it: heartbeats, and, when told to, lets go of partitions and takes others. */
final class ConsumerClient {

    private final GroupsHarness groups;
    final String memberId;
    final Optional<String> instanceId;
    Optional<List<String>> topics;
    Optional<String> regex = Optional.empty();
    Optional<String> assignor = Optional.empty();
    int rebalanceTimeoutMs = 60_000;
    int epoch;
    int intervalMs;

    /** What it reads. */
    SortedSet<PartitionId> owned = new TreeSet<>(PartitionSets.ORDER);

    /** What it may read, as it was told last. */
    SortedSet<PartitionId> assignment = PartitionSets.EMPTY;

    private boolean mustSayAll = true;

    ConsumerClient(GroupsHarness groups, String memberId, Optional<String> instanceId, String... topics) {
        this.groups = groups;
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.topics = Optional.of(List.of(topics));
    }

    ConsumerClient(GroupsHarness groups, String memberId, String... topics) {
        this(groups, memberId, Optional.empty(), topics);
    }

    /** Subscribes to something else. */
    void subscribe(String... others) {
        topics = Optional.of(List.of(others));
        mustSayAll = true;
    }

    /** The next heartbeat says everything, as after an answer that never came. */
    void sayAll() {
        mustSayAll = true;
    }

    CompletableFuture<ConsumerHeartbeatAnswer> send(int memberEpoch) {
        boolean all = mustSayAll || memberEpoch == 0;
        ConsumerHeartbeatRequest request = new ConsumerHeartbeatRequest(
                GroupsHarness.GROUP,
                memberId,
                memberEpoch,
                instanceId,
                Optional.empty(),
                all ? OptionalInt.of(rebalanceTimeoutMs) : OptionalInt.empty(),
                "client",
                "/127.0.0.1",
                all ? topics : Optional.empty(),
                all ? regex : Optional.empty(),
                all ? assignor : Optional.empty(),
                Optional.of(memberEpoch == 0 ? Set.of() : Set.copyOf(owned)));
        return groups.machine().ask(reply -> new GroupCommand.ConsumerHeartbeat(request, reply));
    }

    /** A heartbeat whose answer arrives; says what went wrong, if anything did. */
    Optional<ErrorCode> beat() {
        CompletableFuture<ConsumerHeartbeatAnswer> answer = send(epoch);
        if (answer.isCompletedExceptionally()) {
            ErrorCode code = GroupsHarness.error(answer);
            if (code == ErrorCode.FENCED_MEMBER_EPOCH || code == ErrorCode.UNKNOWN_MEMBER_ID) {
                startOver();
            }
            return Optional.of(code);
        }
        ConsumerHeartbeatAnswer heard = GroupsHarness.value(answer);
        mustSayAll = false;
        epoch = heard.memberEpoch();
        intervalMs = heard.heartbeatIntervalMs();
        heard.assignment().ifPresent(told -> assignment = told);
        return Optional.empty();
    }

    /** Does what it was told: lets go of what it must, and takes what it may. */
    void reconcile() {
        owned.retainAll(assignment);
        owned.addAll(assignment);
    }

    boolean isReconciled() {
        return owned.equals(assignment);
    }

    /** It is out: it reads nothing any more, and joins anew. */
    void startOver() {
        epoch = 0;
        owned.clear();
        assignment = PartitionSets.EMPTY;
        mustSayAll = true;
    }

    Collection<Integer> numbers() {
        return owned.stream().map(PartitionId::partition).toList();
    }
}
