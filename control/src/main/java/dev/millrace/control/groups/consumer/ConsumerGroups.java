package dev.millrace.control.groups.consumer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClassicMembership;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.ConsumerGroupDescription;
import dev.millrace.control.groups.api.ConsumerHeartbeatAnswer;
import dev.millrace.control.groups.api.ConsumerHeartbeatRequest;
import dev.millrace.control.groups.api.ConsumerSettings;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupType;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.LeaveAnswer;
import dev.millrace.control.groups.api.LeaveRequest;
import dev.millrace.control.groups.api.ListedGroup;
import dev.millrace.control.groups.api.OffsetAge;
import dev.millrace.control.groups.api.OffsetReader;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.groups.consumer.Deadlines.Duty;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Reply;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets;
import dev.millrace.log.PartitionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All groups of the consumer protocol (KIP-848) of one machine: finds the group that a command is about, and passes it on. Not thread-safe.
 *
 * <p>A group exists from the first member that joins until it is deleted, or is empty and its last offset has expired.
 */
public final class ConsumerGroups {

    private static final String PROTOCOL_TYPE = "consumer";

    /** Hard state, changed by replaying alone. */
    private final Map<String, ConsumerGroup> groups = new LinkedHashMap<>();

    private int membersCount;

    private final Map<String, SoftState> softStates = new HashMap<>();
    private final ConsumerSettings settings;
    private final Supplier<UUID> memberIds;
    private final Subscriptions subscriptions;
    private final Advance advance;
    private final Heartbeats heartbeats;
    private final Leaving leaving;
    private final ClassicMembers classicMembers;

    /**
     * No groups yet.
     *
     * @param cluster what is known of it
     * @param memberIds random; no two alike
     */
    public ConsumerGroups(ConsumerSettings settings, ClusterView cluster, Supplier<UUID> memberIds) {
        this.settings = settings;
        this.memberIds = memberIds;
        this.subscriptions = new Subscriptions(cluster);
        this.advance = new Advance(settings, subscriptions);
        this.heartbeats = new Heartbeats(advance);
        this.leaving = new Leaving(advance);
        this.classicMembers = new ClassicMembers(advance, subscriptions, memberIds);
    }

    /** What there is has changed: groups look at it at the next heartbeat of a member. */
    public void clusterChanged(ClusterView cluster) {
        subscriptions.cluster(cluster);
    }

    public boolean has(String groupId) {
        return groups.containsKey(groupId);
    }

    /**
     * Why a heartbeat is refused, whatever the group; empty if it is not.
     *
     * @param settings what groups work by
     */
    public static Optional<MillraceException> refuse(ConsumerHeartbeatRequest request, ConsumerSettings settings) {
        try {
            HeartbeatRules.check(request, settings.assignors());
            return Optional.empty();
        } catch (MillraceException refusal) {
            return Optional.of(refusal);
        }
    }

    /** The answer to a heartbeat that {@link #refuse} has let through, also to a member's first and last. */
    public void heartbeat(
            ConsumerHeartbeatRequest request, Reply<ConsumerHeartbeatAnswer> reply, Turn<GroupCommand> turn) {
        ConsumerHeartbeatRequest named = request.memberId().isEmpty()
                ? request.withMemberId(memberIds.get().toString())
                : request;
        answer(reply, turn, () -> answer(named, turn));
    }

    private ConsumerHeartbeatAnswer answer(ConsumerHeartbeatRequest request, Turn<GroupCommand> turn) {
        Optional<ConsumerGroup> found = find(request.groupId());
        boolean joins = request.memberEpoch() == ConsumerHeartbeatRequest.JOIN_EPOCH;
        if (found.isEmpty() && !joins) {
            throw Refusals.groupNotFound(request.groupId());
        }
        request.topicRegex().filter(regex -> !regex.isEmpty()).ifPresent(subscriptions::check);
        ConsumerGroup group = found.orElseGet(() -> new ConsumerGroup(request.groupId()));
        SoftState soft = soft(request.groupId());
        return request.memberEpoch() < ConsumerHeartbeatRequest.JOIN_EPOCH
                ? leaving.leave(group, soft, request, turn)
                : heartbeats.beat(group, soft, request, membersCount, turn);
    }

    public void checkDeadlines(String groupId, Turn<GroupCommand> turn) {
        find(groupId).ifPresent(group -> leaving.checkDeadlines(group, soft(groupId), turn));
    }

    // ---- the classic protocol

    public void join(JoinRequest request, Reply<JoinAnswer> reply, Turn<GroupCommand> turn) {
        answer(
                reply,
                turn,
                () -> classicMembers.join(group(request.groupId()), soft(request.groupId()), request, turn));
    }

    public void sync(SyncRequest request, Reply<SyncAnswer> reply, Turn<GroupCommand> turn) {
        answer(
                reply,
                turn,
                () -> classicMembers.sync(group(request.groupId()), soft(request.groupId()), request, turn));
    }

    public void heartbeat(HeartbeatRequest request, Reply<Done> reply, Turn<GroupCommand> turn) {
        answer(
                reply,
                turn,
                () -> classicMembers.heartbeat(group(request.groupId()), soft(request.groupId()), request, turn));
    }

    public void leave(LeaveRequest request, Reply<LeaveAnswer> reply, Turn<GroupCommand> turn) {
        answer(reply, turn, () -> leaving.leave(group(request.groupId()), soft(request.groupId()), request, turn));
    }

    /** Whether a classic group of so many members may become one of ours. */
    public boolean mayUpgrade(int classicMembersCount) {
        return settings.migration().upgrades() && classicMembersCount <= settings.maxSize();
    }

    /**
     * Takes a classic group over, with all that its members have.
     *
     * @throws MillraceException GROUP_ID_NOT_FOUND if its members' words cannot be read; nothing has changed then
     */
    public void upgrade(ClassicMembership classic, Turn<GroupCommand> turn) {
        GroupDraft draft = Conversion.upgraded(classic, advance, subscriptions.cluster());
        draft.record(turn);
        Deadlines deadlines = soft(classic.groupId()).deadlines();
        classic.members()
                .forEach(member -> deadlines.set(member.memberId(), Duty.LIVE, member.sessionTimeoutMs(), turn));
    }

    /** Gives the group up if only members of the classic protocol are left, and the policy says so; empty if it stays. */
    public Optional<ClassicMembership> downgrade(String groupId, int maxSize, Turn<GroupCommand> turn) {
        Optional<ConsumerGroup> downgradable = find(groupId)
                .filter(group -> settings.migration().downgrades()
                        && !group.isEmpty()
                        && group.members().size() <= maxSize
                        && group.members().values().stream().allMatch(MemberMetadata::isClassic));
        return downgradable.map(group -> {
            GroupDraft draft = new GroupDraft(group);
            draft.removeAll();
            draft.record(turn);
            delete(groupId, turn);
            return Conversion.downgraded(group, subscriptions.cluster());
        });
    }

    private static <R> void answer(Reply<R> reply, Turn<GroupCommand> turn, Supplier<R> answer) {
        try {
            turn.answer(reply, answer.get());
        } catch (MillraceException refusal) {
            turn.fail(reply, refusal);
        }
    }

    // ---- offsets

    /**
     * Whether the committer may commit now. A member may come with an older epoch, if it has had the partitions since then (KIP-1251). One that is
     * nobody in particular is let through while the group has no members.
     *
     * @return why not; empty if it may
     */
    public Optional<MillraceException> admitCommit(CommitRequest request) {
        GroupOffsets.Committer committer = request.committer();
        ConsumerGroup group = find(committer.groupId()).orElseThrow();
        if (committer.generation() < 0 && group.isEmpty()) {
            return Optional.empty();
        }
        Optional<MemberMetadata> member = group.member(committer.memberId());
        if (member.isEmpty()) {
            return Optional.of(Refusals.unknownMember(committer.groupId(), committer.memberId()));
        }
        Progress progress = group.progress(committer.memberId());
        int received = committer.generation();
        if (received == progress.epoch()) {
            return Optional.empty();
        }
        boolean had = received >= 0
                && received < progress.epoch()
                && request.commits().entrySet().stream()
                        .allMatch(commit -> hasHad(
                                progress,
                                new PartitionId(
                                        commit.getValue().topicId(),
                                        commit.getKey().partition()),
                                received));
        if (had) {
            return Optional.empty();
        }
        return Optional.of(
                member.get().isClassic()
                        ? Refusals.illegalGeneration(received, progress.epoch())
                        : Refusals.staleEpoch(received, progress.epoch()));
    }

    private static boolean hasHad(Progress progress, PartitionId partition, int since) {
        Integer epoch = progress.assigned().get(partition);
        Integer revoked = progress.revoking().get(partition);
        return (epoch != null && epoch <= since) || (revoked != null && revoked <= since);
    }

    /**
     * Whether the committer may commit as part of a transaction (KIP-447): as {@link #admitCommit}, but who does not say who it is is let through, and who is out of
     * date hears ILLEGAL_GENERATION, which producers know what to do about.
     *
     * @return why not; empty if it may
     */
    public Optional<MillraceException> admitTransactionalCommit(CommitRequest request) {
        GroupOffsets.Committer committer = request.committer();
        boolean nobody = committer.generation() < 0
                && committer.memberId().isEmpty()
                && committer.instanceId().isEmpty();
        return nobody
                ? Optional.empty()
                : admitCommit(request)
                        .map(refusal -> refusal.code() == ErrorCode.STALE_MEMBER_EPOCH
                                ? new MillraceException(
                                        ErrorCode.ILLEGAL_GENERATION, String.valueOf(refusal.getMessage()))
                                : refusal);
    }

    /** Whether the reader may read offsets now: a member that says who it is must be up to date. */
    public Optional<MillraceException> admitRead(OffsetReader reader) {
        if (!reader.isMember()) {
            return Optional.empty();
        }
        ConsumerGroup group = find(reader.groupId()).orElseThrow();
        String memberId = reader.memberId().orElse("");
        if (group.member(memberId).isEmpty()) {
            return Optional.of(Refusals.unknownMember(reader.groupId(), memberId));
        }
        int known = group.progress(memberId).epoch();
        return reader.memberEpoch() == known
                ? Optional.empty()
                : Optional.of(Refusals.staleEpoch(reader.memberEpoch(), known));
    }

    /** Whether a member reads the topic; false if there is no such group. */
    public boolean isSubscribedTo(String groupId, String topic) {
        return find(groupId)
                .filter(group ->
                        group.members().values().stream().anyMatch(member -> subscriptions.subscribes(member, topic)))
                .isPresent();
    }

    /** From when on the group's offsets age. Those of topics that a member reads do not expire at all. */
    public OffsetAge offsetAge() {
        return new OffsetAge.SinceCommit();
    }

    // ---- administration

    /** Whether the group may be deleted now. */
    public Optional<MillraceException> admitDelete(String groupId) {
        return isEmpty(groupId) ? Optional.empty() : Optional.of(Refusals.notEmpty(groupId));
    }

    public boolean isEmpty(String groupId) {
        return find(groupId).map(ConsumerGroup::isEmpty).orElse(true);
    }

    /** Removes an empty group. */
    public void delete(String groupId, Turn<GroupCommand> turn) {
        turn.record(ConsumerFacts.headGone(groupId));
        SoftState soft = softStates.remove(groupId);
        if (soft != null) {
            soft.deadlines().forgetAll(turn);
        }
    }

    public Optional<ConsumerGroupDescription> describe(String groupId) {
        return find(groupId)
                .map(group -> Descriptions.of(
                        group, advance.targets().preferred(group.members().values()), subscriptions.cluster()));
    }

    public List<ListedGroup> list() {
        return groups.values().stream()
                .map(group -> new ListedGroup(group.groupId(), GroupType.CONSUMER, group.state(), PROTOCOL_TYPE))
                .toList();
    }

    public Collection<String> groupIds() {
        return groups.keySet();
    }

    // ---- records

    public void replay(MachineRecord fact) {
        ConsumerFacts.Key key = ConsumerFacts.readKey(fact.key());
        switch (key.kind()) {
            case CONSUMER_GROUP -> replayHead(key.groupId(), fact.value());
            case CONSUMER_MEMBER -> replayMember(key, fact.value());
            case CONSUMER_TARGET -> replayTarget(key, fact.value());
            case CONSUMER_PROGRESS -> replayProgress(key, fact.value());
            default -> throw new IllegalArgumentException("not a fact of consumer groups: " + key.kind());
        }
    }

    private void replayHead(String groupId, Optional<byte[]> value) {
        if (value.isPresent()) {
            group(groupId).replayHead(ConsumerFacts.readHead(value.get()));
        } else {
            find(groupId).ifPresent(group -> membersCount -= group.members().size());
            groups.remove(groupId);
        }
    }

    private void replayMember(ConsumerFacts.Key key, Optional<byte[]> value) {
        if (value.isPresent() || has(key.groupId())) {
            ConsumerGroup group = group(key.groupId());
            membersCount -= group.members().size();
            value.ifPresentOrElse(
                    bytes -> group.replayMember(MemberCodec.decode(bytes)),
                    () -> group.replayMemberGone(key.memberId()));
            membersCount += group.members().size();
        }
    }

    private void replayTarget(ConsumerFacts.Key key, Optional<byte[]> value) {
        if (value.isPresent()) {
            group(key.groupId()).replayTarget(key.memberId(), ConsumerFacts.readTarget(value.get()));
        } else {
            find(key.groupId()).ifPresent(group -> group.replayTargetGone(key.memberId()));
        }
    }

    private void replayProgress(ConsumerFacts.Key key, Optional<byte[]> value) {
        if (value.isPresent()) {
            group(key.groupId()).replayProgress(key.memberId(), ConsumerFacts.readProgress(value.get()));
        } else {
            find(key.groupId()).ifPresent(group -> group.replayProgressGone(key.memberId()));
        }
    }

    public void snapshot(Consumer<MachineRecord> out) {
        groups.forEach((groupId, group) -> {
            out.accept(ConsumerFacts.head(groupId, group.head()));
            group.members().forEach((memberId, member) -> {
                out.accept(ConsumerFacts.member(groupId, member));
                out.accept(ConsumerFacts.target(groupId, memberId, group.target(memberId)));
                out.accept(ConsumerFacts.progress(groupId, memberId, group.progress(memberId)));
            });
        });
    }

    /** Every member gets a fresh session. */
    public void onLeading(Turn<GroupCommand> turn) {
        groups.values().forEach(group -> Leaving.checkDowngrade(group, turn));
        groups.forEach((groupId, group) -> group.members().forEach((memberId, member) -> {
            Deadlines deadlines = soft(groupId).deadlines();
            int sessionTimeoutMs = member.classic()
                    .map(MemberMetadata.Classic::sessionTimeoutMs)
                    .orElseGet(() -> advance.settings(groupId).sessionTimeoutMs());
            deadlines.set(memberId, Duty.LIVE, sessionTimeoutMs, turn);
            // A classic member lets go by joining again, of which its next heartbeat tells it.
            boolean classic = member.classic().isPresent();
            if (!classic && group.progress(memberId).state() == Progress.State.UNREVOKED) {
                deadlines.set(memberId, Duty.REVOKE, member.rebalanceTimeoutMs(), turn);
            }
        }));
    }

    private Optional<ConsumerGroup> find(String groupId) {
        return Optional.ofNullable(groups.get(groupId));
    }

    private ConsumerGroup group(String groupId) {
        return groups.computeIfAbsent(groupId, ConsumerGroup::new);
    }

    private SoftState soft(String groupId) {
        return softStates.computeIfAbsent(groupId, SoftState::new);
    }
}
