package dev.millrace.control.groups.api;

import java.util.List;
import java.util.Optional;

/** What a member hears when it has joined; a refusal is a failure of the future. */
public sealed interface JoinAnswer {

    /** The member's id, for all that it asks from now on. */
    String memberId();

    /** Join again, under this id (KIP-394). */
    record MemberIdRequired(String memberId) implements JoinAnswer {}

    /**
     * The member belongs to a generation, and must sync next.
     *
     * @param leaderId who assigns; a follower is told too
     * @param skipAssignment the leader need not assign: the assignment that was stands (KIP-814)
     * @param members all members, for the leader; empty for followers
     */
    record Joined(
            String memberId,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocolName,
            String leaderId,
            boolean skipAssignment,
            List<Member> members)
            implements JoinAnswer {}

    /** A member as its leader sees it, with its metadata under the chosen protocol. */
    @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
    record Member(String memberId, Optional<String> instanceId, byte[] metadata) {}
}
