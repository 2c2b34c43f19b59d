package dev.millrace.control.groups.classic;

import dev.millrace.control.groups.api.ClassicMembership;
import dev.millrace.control.groups.api.GroupDescription;
import dev.millrace.control.groups.api.JoinAnswer;
import dev.millrace.control.groups.api.JoinRequest;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.SyncAnswer;
import dev.millrace.control.machine.Reply;
import java.util.List;
import java.util.Optional;

/** One member of a live group: what it said of itself, its session, and the answers that it waits for. Owned by its group. */
final class ClassicMember {

    static final byte[] NO_ASSIGNMENT = new byte[0];

    private final String memberId;
    private final Optional<String> instanceId;
    private final String clientId;
    private final String clientHost;
    private List<Protocol> protocols;
    private int rebalanceTimeoutMs;
    private int sessionTimeoutMs;
    private byte[] assignment = NO_ASSIGNMENT;

    /** Monotonic; {@link Sessions#NEVER} while the member is only waiting for us. */
    private long sessionDeadlineMs = Sessions.NEVER;

    /** Has never been told its id: even while it waits for its first join it may be gone, and nobody would notice. */
    private boolean firstJoin;

    private Optional<Reply<JoinAnswer>> parkedJoin = Optional.empty();
    private Optional<Reply<SyncAnswer>> parkedSync = Optional.empty();

    private ClassicMember(ClassicMetadata.Member said) {
        this.memberId = said.memberId();
        this.instanceId = said.instanceId();
        this.clientId = said.clientId();
        this.clientHost = said.clientHost();
        this.protocols = said.protocols();
        this.rebalanceTimeoutMs = said.rebalanceTimeoutMs();
        this.sessionTimeoutMs = said.sessionTimeoutMs();
        this.assignment = said.assignment();
    }

    /** A member that joins for the first time under this id. */
    static ClassicMember joining(String memberId, JoinRequest request) {
        ClassicMember member = new ClassicMember(new ClassicMetadata.Member(
                memberId,
                request.instanceId(),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs(),
                request.sessionTimeoutMs(),
                request.protocols(),
                NO_ASSIGNMENT));
        member.firstJoin = true;
        return member;
    }

    static ClassicMember restored(ClassicMetadata.Member metadata) {
        return new ClassicMember(metadata);
    }

    /** The same static member under a new id: it keeps its assignment, and nothing that was parked. */
    ClassicMember renamed(String newMemberId) {
        ClassicMetadata.Member old = metadata();
        return new ClassicMember(new ClassicMetadata.Member(
                newMemberId,
                old.instanceId(),
                old.clientId(),
                old.clientHost(),
                old.rebalanceTimeoutMs(),
                old.sessionTimeoutMs(),
                old.protocols(),
                old.assignment()));
    }

    String memberId() {
        return memberId;
    }

    Optional<String> instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId.isPresent();
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    boolean supports(String protocolName) {
        return protocols.stream().anyMatch(protocol -> protocol.name().equals(protocolName));
    }

    /** What the member says under this protocol; nothing if it does not know it. */
    byte[] metadataUnder(String protocolName) {
        for (Protocol protocol : protocols) {
            if (protocol.name().equals(protocolName)) {
                return protocol.metadata();
            }
        }
        return new byte[0];
    }

    /** Takes over what the member says of itself now. The group counts protocols: only {@link ClassicGroup} calls this. */
    void update(JoinRequest request) {
        protocols = request.protocols();
        rebalanceTimeoutMs = request.rebalanceTimeoutMs();
        sessionTimeoutMs = request.sessionTimeoutMs();
    }

    byte[] assignment() {
        return assignment;
    }

    void assign(byte[] newAssignment) {
        assignment = newAssignment;
    }

    long sessionDeadlineMs() {
        return sessionDeadlineMs;
    }

    void sessionDeadlineMs(long deadlineMs) {
        sessionDeadlineMs = deadlineMs;
    }

    void firstJoinDone() {
        firstJoin = false;
    }

    /** Whether silence is no sign of death: the member waits for an answer of ours, and may be silent until it has it. */
    boolean mayBeSilent() {
        return !firstJoin && (parkedJoin.isPresent() || parkedSync.isPresent());
    }

    boolean awaitsJoin() {
        return parkedJoin.isPresent();
    }

    void parkJoin(Reply<JoinAnswer> reply) {
        parkedJoin = Optional.of(reply);
    }

    Optional<Reply<JoinAnswer>> takeParkedJoin() {
        Optional<Reply<JoinAnswer>> parked = parkedJoin;
        parkedJoin = Optional.empty();
        return parked;
    }

    void parkSync(Reply<SyncAnswer> reply) {
        parkedSync = Optional.of(reply);
    }

    Optional<Reply<SyncAnswer>> takeParkedSync() {
        Optional<Reply<SyncAnswer>> parked = parkedSync;
        parkedSync = Optional.empty();
        return parked;
    }

    ClassicMetadata.Member metadata() {
        return new ClassicMetadata.Member(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                protocols,
                assignment);
    }

    ClassicMembership.Member membership() {
        return new ClassicMembership.Member(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                protocols,
                assignment);
    }

    GroupDescription.Member describe(Optional<String> protocolName) {
        byte[] metadata = protocolName.map(this::metadataUnder).orElse(new byte[0]);
        return new GroupDescription.Member(memberId, instanceId, clientId, clientHost, metadata, assignment);
    }
}
