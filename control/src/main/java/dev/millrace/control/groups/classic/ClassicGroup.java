package dev.millrace.control.groups.classic;

import static dev.millrace.control.groups.api.GroupState.COMPLETING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.EMPTY;
import static dev.millrace.control.groups.api.GroupState.PREPARING_REBALANCE;
import static dev.millrace.control.groups.api.GroupState.STABLE;

import dev.millrace.base.Check;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.GroupState;
import dev.millrace.control.groups.api.GroupType;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.ListedGroup;
import dev.millrace.control.groups.api.Protocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A live classic group: its members and where it stands. All of it is soft state; {@link #metadata()} is what becomes
 * durable, at the moments that {@link ClassicMetadata} names. It knows what is so; {@link Rebalance}, {@link Joining} and their
 * neighbours decide what happens.
 *
 * <pre>
 *                    first member joins
 *      ┌───────┐ ──────────────────────────→ ┌────────────────────┐ ←──────────────────────┐
 *      │ Empty │                             │ PreparingRebalance │                        │
 *      └───────┘ ←────────────────────────── └────────────────────┘ ←─────────┐            │
 *        │         join phase ends, nobody      │                             │            │
 *        │         is left                      │ all have joined,            │ member     │ member joins, leaves, dies,
 *        │ deleted,                             │ or rebalance timeout        │ joins,     │ or brings new metadata;
 *        │ or all offsets                       ↓                             │ leaves,    │ leader joins again;
 *        ↓ expired                           ┌─────────────────────┐ ─────────┘ dies       │ somebody does not sync in time
 *      ┌ ─ ─ ─ ┐                             │ CompletingRebalance │                       │
 *        Dead                                └─────────────────────┘ ───────→ ┌────────┐ ──┘
 *      └ ─ ─ ─ ┘                                          leader syncs        │ Stable │
 *                                                                             └────────┘
 * </pre>
 *
 * <p>The generation grows with each end of a join phase. A group that is dead does not exist.
 */
final class ClassicGroup {

    private final String groupId;
    private GroupState state = EMPTY;
    private long stateSinceMs;
    private int generation;

    /** The last that was given out; a generation whose coordinator went before its leader had assigned is never used again. */
    private int lastGeneration;

    private Optional<String> protocolType = Optional.empty();
    private Optional<String> protocolName = Optional.empty();
    private Optional<String> leaderId = Optional.empty();
    private Optional<Set<String>> subscribedTopics = Optional.empty();

    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstanceId = new HashMap<>();
    private final ProtocolVote vote = new ProtocolVote();

    /** Member ids that were given out and not used yet (KIP-394), with the monotonic time until which they count. */
    private final Map<String, Long> pendingJoins = new HashMap<>();

    /** Members of this generation that have not asked for their assignment. */
    private final Set<String> pendingSyncs = new HashSet<>();

    /** While an empty group waits for more members than the first. */
    private Optional<InitialDelay> initialDelay = Optional.empty();

    /** When the group's session timer fires, monotonic; {@link Sessions#NEVER} if it is not set. */
    private long sessionTimerMs = Sessions.NEVER;

    /**
     * An empty group gives further members time to arrive, again and again while they do.
     *
     * @param remainingMs of the rebalance timeout, behind the delay that runs now
     */
    record InitialDelay(int delayMs, int remainingMs, boolean memberAdded) {}

    ClassicGroup(String groupId, long nowWallMs) {
        this.groupId = groupId;
        this.stateSinceMs = nowWallMs;
    }

    /** The group as its metadata say: stable, or empty if it has no members. */
    static ClassicGroup restored(String groupId, ClassicMetadata metadata, int lastGeneration) {
        ClassicGroup group = new ClassicGroup(groupId, metadata.stateSinceMs());
        group.state = metadata.members().isEmpty() ? EMPTY : STABLE;
        group.generation = metadata.generation();
        group.lastGeneration = Math.max(metadata.generation(), lastGeneration);
        group.protocolType = metadata.protocolType();
        group.protocolName = metadata.protocolName();
        group.leaderId = metadata.leaderId();
        metadata.members().forEach(member -> group.enter(ClassicMember.restored(member)));
        group.subscribedTopics = group.readSubscribedTopics();
        return group;
    }

    ClassicMetadata metadata() {
        return new ClassicMetadata(
                generation,
                protocolType,
                protocolName,
                leaderId,
                stateSinceMs,
                members.values().stream().map(ClassicMember::metadata).toList());
    }

    String groupId() {
        return groupId;
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState other) {
        return state == other;
    }

    /** Wall-clock time of the last change of state, ms since the epoch. */
    long stateSinceMs() {
        return stateSinceMs;
    }

    int generation() {
        return generation;
    }

    Optional<String> protocolType() {
        return protocolType;
    }

    Optional<String> protocolName() {
        return protocolName;
    }

    boolean speaksConsumerProtocol() {
        return protocolType.filter(ConsumerSubscription.PROTOCOL_TYPE::equals).isPresent();
    }

    // ---- members

    Collection<ClassicMember> members() {
        return members.values();
    }

    int membersCount() {
        return members.size();
    }

    Optional<ClassicMember> member(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    Optional<String> memberIdOf(String instanceId) {
        return Optional.ofNullable(memberIdByInstanceId.get(instanceId));
    }

    boolean isLeader(String memberId) {
        return leaderId.filter(memberId::equals).isPresent();
    }

    /** The leader, or the empty string. */
    String leaderIdOrEmpty() {
        return leaderId.orElse("");
    }

    /** Why a request of this member is refused; empty if the member is known, and not fenced by a newer one of its instance id. */
    Optional<ErrorCode> refusal(String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            Optional<String> current = memberIdOf(instanceId.get());
            if (current.isEmpty()) {
                return Optional.of(ErrorCode.UNKNOWN_MEMBER_ID);
            }
            if (!current.get().equals(memberId)) {
                return Optional.of(ErrorCode.FENCED_INSTANCE_ID);
            }
        }
        return members.containsKey(memberId) ? Optional.empty() : Optional.of(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    /** Whether a member with this type and these protocols could be in the group. */
    boolean accepts(String type, List<Protocol> protocols) {
        if (state == EMPTY) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return protocolType.filter(type::equals).isPresent() && vote.anyCommon(protocols, members.size());
    }

    void add(ClassicMember member, String type) {
        if (members.isEmpty()) {
            protocolType = Optional.of(type);
        }
        Check.that(protocolType.filter(type::equals).isPresent(), "all members of a group have its protocol type");
        if (leaderId.isEmpty()) {
            leaderId = Optional.of(member.memberId());
        }
        enter(member);
        pendingJoins.remove(member.memberId());
    }

    void remove(String memberId) {
        ClassicMember removed = members.remove(memberId);
        if (removed != null) {
            vote.withdraw(removed.protocols());
            removed.instanceId().ifPresent(memberIdByInstanceId::remove);
        }
        if (isLeader(memberId)) {
            leaderId = members.keySet().stream().findFirst();
        }
        pendingJoins.remove(memberId);
        pendingSyncs.remove(memberId);
    }

    void update(ClassicMember member, JoinRequest request) {
        vote.withdraw(member.protocols());
        member.update(request);
        vote.enter(member.protocols());
    }

    /** A static member comes back under a new id (KIP-345); leadership and assignment go with it. */
    ClassicMember rename(ClassicMember old, String newMemberId) {
        boolean wasLeader = isLeader(old.memberId());
        members.remove(old.memberId());
        vote.withdraw(old.protocols());
        pendingSyncs.remove(old.memberId());
        ClassicMember renamed = old.renamed(newMemberId);
        enter(renamed);
        if (wasLeader) {
            leaderId = Optional.of(newMemberId);
        }
        return renamed;
    }

    private void enter(ClassicMember member) {
        Check.that(members.put(member.memberId(), member) == null, "a member id is given out once");
        vote.enter(member.protocols());
        member.instanceId().ifPresent(instanceId -> memberIdByInstanceId.put(instanceId, member.memberId()));
    }

    // ---- what the group waits for

    Map<String, Long> pendingJoins() {
        return pendingJoins;
    }

    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    long awaitingJoinCount() {
        return members.values().stream().filter(ClassicMember::awaitsJoin).count();
    }

    boolean allHaveJoined() {
        return pendingJoins.isEmpty() && members.values().stream().allMatch(ClassicMember::awaitsJoin);
    }

    Optional<InitialDelay> initialDelay() {
        return initialDelay;
    }

    void initialDelay(Optional<InitialDelay> delay) {
        initialDelay = delay;
    }

    /** The longest that a member asked for, in ms. */
    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(ClassicMember::rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    long sessionTimerMs() {
        return sessionTimerMs;
    }

    void sessionTimerMs(long firesAtMs) {
        sessionTimerMs = firesAtMs;
    }

    // ---- from state to state

    void preparingRebalance(long nowWallMs) {
        Check.that(state != PREPARING_REBALANCE, "a rebalance is prepared once");
        enter(PREPARING_REBALANCE, nowWallMs);
    }

    /** If the leader has not joined, the first that has takes its place; false if nobody has. */
    boolean electJoinedLeader() {
        if (leaderId.flatMap(this::member).filter(ClassicMember::awaitsJoin).isPresent()) {
            return true;
        }
        Optional<String> joined = members.values().stream()
                .filter(ClassicMember::awaitsJoin)
                .map(ClassicMember::memberId)
                .findFirst();
        if (joined.isPresent()) {
            leaderId = joined;
        }
        return joined.isPresent();
    }

    /** The join phase has ended: who is here makes up the next generation. */
    void nextGeneration(long nowWallMs) {
        lastGeneration++;
        generation = lastGeneration;
        pendingSyncs.clear();
        if (members.isEmpty()) {
            protocolName = Optional.empty();
            leaderId = Optional.empty();
            enter(EMPTY, nowWallMs);
        } else {
            protocolName = Optional.of(electProtocol());
            pendingSyncs.addAll(members.keySet());
            enter(COMPLETING_REBALANCE, nowWallMs);
        }
        subscribedTopics = readSubscribedTopics();
    }

    /** The leader has assigned; who is not in {@code assignments} has nothing. */
    void stable(Map<String, byte[]> assignments, long nowWallMs) {
        Check.that(state == COMPLETING_REBALANCE, "only a generation without an assignment gets one");
        for (ClassicMember member : members.values()) {
            member.assign(assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT));
        }
        enter(STABLE, nowWallMs);
    }

    /** The protocol that the members of now would choose. */
    String electProtocol() {
        return vote.elect(members.values());
    }

    private void enter(GroupState next, long nowWallMs) {
        state = next;
        stateSinceMs = nowWallMs;
    }

    // ---- what others see

    /** The answer to a member that has joined this generation; a leader gets all members to assign to. */
    JoinAnswer.Joined joined(ClassicMember member) {
        return joined(member, leaderIdOrEmpty(), isLeader(member.memberId()), false);
    }

    JoinAnswer.Joined joined(ClassicMember member, String shownLeaderId, boolean withMembers, boolean skipAssignment) {
        List<JoinAnswer.Member> shown = withMembers
                ? members.values().stream()
                        .map(each -> new JoinAnswer.Member(
                                each.memberId(), each.instanceId(), each.metadataUnder(protocolName.orElse(""))))
                        .toList()
                : List.of();
        return new JoinAnswer.Joined(
                member.memberId(), generation, protocolType, protocolName, shownLeaderId, skipAssignment, shown);
    }

    GroupDescription describe() {
        Optional<String> shownProtocol = state == STABLE ? protocolName : Optional.empty();
        return new GroupDescription(
                groupId,
                GroupType.CLASSIC,
                state,
                protocolType.orElse(""),
                shownProtocol.orElse(""),
                members.values().stream()
                        .map(member -> member.describe(shownProtocol))
                        .toList());
    }

    ListedGroup listed() {
        return new ListedGroup(groupId, GroupType.CLASSIC, state, protocolType.orElse(""));
    }

    /** Whether a member reads this topic; a group of consumers whose subscriptions cannot be read is taken to read every topic. */
    boolean isSubscribedTo(String topic) {
        return subscribedTopics.map(topics -> topics.contains(topic)).orElse(speaksConsumerProtocol());
    }

    boolean knowsSubscribedTopics() {
        return subscribedTopics.isPresent();
    }

    private Optional<Set<String>> readSubscribedTopics() {
        if (!speaksConsumerProtocol()) {
            return Optional.empty();
        }
        Set<String> topics = new HashSet<>();
        for (ClassicMember member : members.values()) {
            Optional<Set<String>> read = ConsumerSubscription.topics(member.metadataUnder(protocolName.orElse("")));
            if (read.isEmpty()) {
                return Optional.empty();
            }
            topics.addAll(read.get());
        }
        return Optional.of(topics);
    }
}
