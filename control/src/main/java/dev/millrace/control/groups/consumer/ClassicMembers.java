package dev.millrace.control.groups.consumer;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.Done;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.HeartbeatRequest;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.groups.api.SyncRequest;
import dev.millrace.control.groups.consumer.Deadlines.Duty;
import dev.millrace.control.machine.Turn;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Members of a consumer group that still speak the classic protocol: JoinGroup is a step of reconciliation, SyncGroup fetches what the member has, and
 * Heartbeat tells it with REBALANCE_IN_PROGRESS to join again, whenever there is a step to make. The member's epoch is its generation. Throws what a
 * refused member is told.
 */
final class ClassicMembers {

    private final Advance advance;
    private final Subscriptions subscriptions;
    private final Supplier<UUID> memberIds;

    /** @param memberIds random; no two alike */
    ClassicMembers(Advance advance, Subscriptions subscriptions, Supplier<UUID> memberIds) {
        this.advance = advance;
        this.subscriptions = subscriptions;
        this.memberIds = memberIds;
    }

    JoinAnswer join(ConsumerGroup group, SoftState soft, JoinRequest request, Turn<GroupCommand> turn) {
        int maxSize = advance.settings(group.groupId()).maxSize();
        if (group.members().size() >= maxSize
                && group.member(request.memberId()).isEmpty()) {
            throw Refusals.full(maxSize);
        }
        EmbeddedProtocol.Subscription subscription = subscription(group, request);
        if (request.memberId().isEmpty() && request.instanceId().isEmpty() && request.memberIdFirst()) {
            return new JoinAnswer.MemberIdRequired(newMemberId(request));
        }
        GroupDraft draft = new GroupDraft(group);
        String memberId = request.memberId().isEmpty() ? newMemberId(request) : request.memberId();
        Optional<MemberMetadata> before = admit(draft, soft, request, memberId);
        advance.update(draft, soft, before, said(memberId, request, subscription));
        advance.assign(draft, soft, turn);
        Progress progress = advance.step(
                draft, memberId, Optional.of(Conversion.partitions(subscription.owned(), subscriptions.cluster())));
        draft.record(turn);
        // It may have taken the place of the last that spoke the consumer protocol.
        if (before.isPresent()) {
            Leaving.checkDowngrade(group, turn);
        }
        soft.deadlines().done(memberId, Duty.JOIN);
        soft.deadlines().done(memberId, Duty.REVOKE);
        soft.deadlines().set(memberId, Duty.LIVE, request.sessionTimeoutMs(), turn);
        soft.deadlines().set(memberId, Duty.SYNC, request.rebalanceTimeoutMs(), turn);
        return new JoinAnswer.Joined(
                memberId,
                progress.epoch(),
                Optional.of(EmbeddedProtocol.TYPE),
                Optional.of(request.protocols().getFirst().name()),
                "",
                false,
                List.of());
    }

    private EmbeddedProtocol.Subscription subscription(ConsumerGroup group, JoinRequest request) {
        boolean suits = request.protocolType().equals(EmbeddedProtocol.TYPE)
                && request.protocols().stream().anyMatch(protocol -> isCommon(protocol, group));
        Optional<EmbeddedProtocol.Subscription> subscription = suits
                ? EmbeddedProtocol.subscription(request.protocols().getFirst().metadata())
                : Optional.empty();
        return subscription.orElseThrow(() -> inconsistent(request.memberId()));
    }

    private static boolean isCommon(Protocol protocol, ConsumerGroup group) {
        return group.members().values().stream()
                .flatMap(member -> member.classic().stream())
                .allMatch(classic -> classic.protocols().stream()
                        .anyMatch(other -> other.name().equals(protocol.name())));
    }

    private static Optional<MemberMetadata> admit(
            GroupDraft draft, SoftState soft, JoinRequest request, String memberId) {
        Optional<MemberMetadata> known = request.instanceId().flatMap(draft.group()::instance);
        if (request.instanceId().isEmpty()
                || (known.isEmpty() && request.memberId().isEmpty())) {
            return draft.member(memberId);
        }
        String instanceId = request.instanceId().get();
        MemberMetadata old = known.orElseThrow(() -> Refusals.unknownInstance(instanceId));
        if (!request.memberId().isEmpty()) {
            if (!old.memberId().equals(memberId)) {
                throw Refusals.fencedInstance(memberId, instanceId, old.memberId());
            }
            return known;
        }
        MemberMetadata renamed = old.renamed(memberId);
        draft.replace(old, renamed);
        soft.deadlines().forget(old.memberId());
        return Optional.of(renamed);
    }

    private static MemberMetadata said(
            String memberId, JoinRequest request, EmbeddedProtocol.Subscription subscription) {
        return new MemberMetadata(
                memberId,
                request.instanceId(),
                subscription.rackId(),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs(),
                Heartbeats.sorted(subscription.topics()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new MemberMetadata.Classic(request.sessionTimeoutMs(), request.protocols())));
    }

    SyncAnswer sync(ConsumerGroup group, SoftState soft, SyncRequest request, Turn<GroupCommand> turn) {
        MemberMetadata.Classic member = classic(group, request.memberId(), request.instanceId());
        Progress progress = group.progress(request.memberId());
        checkGeneration(request.generation(), progress);
        String protocolName = member.protocols().getFirst().name();
        if (request.protocolType()
                        .filter(type -> !type.equals(EmbeddedProtocol.TYPE))
                        .isPresent()
                || request.protocolName()
                        .filter(name -> !name.equals(protocolName))
                        .isPresent()) {
            throw inconsistent(request.memberId());
        }
        if (group.head().epoch() > progress.epoch() && progress.state() != Progress.State.UNREVOKED) {
            expectJoin(group, soft, request.memberId(), turn);
            throw rebalanceInProgress(group);
        }
        soft.deadlines().done(request.memberId(), Duty.SYNC);
        soft.deadlines().set(request.memberId(), Duty.LIVE, member.sessionTimeoutMs(), turn);
        return new SyncAnswer(
                request.protocolType(),
                request.protocolName(),
                Conversion.assignment(member, progress.assigned().keySet(), subscriptions.cluster()));
    }

    Done heartbeat(ConsumerGroup group, SoftState soft, HeartbeatRequest request, Turn<GroupCommand> turn) {
        MemberMetadata.Classic member = classic(group, request.memberId(), request.instanceId());
        Progress progress = group.progress(request.memberId());
        checkGeneration(request.generation(), progress);
        soft.deadlines().set(request.memberId(), Duty.LIVE, member.sessionTimeoutMs(), turn);
        if (mustJoinAgain(group, request.memberId(), progress)) {
            expectJoin(group, soft, request.memberId(), turn);
            throw rebalanceInProgress(group);
        }
        return Done.DONE;
    }

    /** Whether there is a step that the member could make. */
    private static boolean mustJoinAgain(ConsumerGroup group, String memberId, Progress progress) {
        return switch (progress.state()) {
            case UNREVOKED -> true;
            case STABLE -> progress.epoch() < group.head().epoch();
            case UNRELEASED ->
                progress.epoch() < group.head().epoch()
                        || group.target(memberId).stream()
                                .filter(partition -> !progress.assigned().containsKey(partition))
                                .allMatch(partition -> group.holder(partition)
                                        .filter(holder -> !holder.equals(memberId))
                                        .isEmpty());
        };
    }

    private static void expectJoin(ConsumerGroup group, SoftState soft, String memberId, Turn<GroupCommand> turn) {
        int timeoutMs = group.member(memberId).orElseThrow().rebalanceTimeoutMs();
        soft.deadlines().setIfAbsent(memberId, Duty.JOIN, timeoutMs, turn);
    }

    /** The member, if it speaks the classic protocol and nobody has taken its place. */
    static MemberMetadata.Classic classic(ConsumerGroup group, String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            MemberMetadata known =
                    group.instance(instanceId.get()).orElseThrow(() -> Refusals.unknownInstance(instanceId.get()));
            if (!known.memberId().equals(memberId)) {
                throw Refusals.fencedInstance(memberId, instanceId.get(), known.memberId());
            }
        }
        return group.member(memberId)
                .flatMap(MemberMetadata::classic)
                .orElseThrow(() -> Refusals.unknownMember(group.groupId(), memberId));
    }

    private static void checkGeneration(int generation, Progress progress) {
        if (generation != progress.epoch()) {
            throw Refusals.illegalGeneration(generation, progress.epoch());
        }
    }

    private static MillraceException rebalanceInProgress(ConsumerGroup group) {
        return new MillraceException(
                ErrorCode.REBALANCE_IN_PROGRESS, "group " + group.groupId() + " is rebalancing: join again");
    }

    private static MillraceException inconsistent(String memberId) {
        return new MillraceException(
                ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "Member " + memberId + "'s protocols are not supported.");
    }

    private String newMemberId(JoinRequest request) {
        return request.instanceId().orElse(request.clientId()) + "-" + memberIds.get();
    }
}
