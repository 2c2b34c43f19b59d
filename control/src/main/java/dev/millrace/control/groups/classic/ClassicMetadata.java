package dev.millrace.control.groups.classic;

import dev.millrace.control.groups.api.ClassicMembership;
import dev.millrace.control.groups.api.Protocol;
import java.util.List;
import java.util.Optional;

/**
 * What is durable of a classic group: written when the group is created, when a generation gets its assignment, when a
 * static member comes back under a new id, and when the group becomes empty. A rebalance in between is soft state, save
 * the number of its generation, which {@link ClassicLog} keeps.
 *
 * @param protocolType empty as long as nobody has joined
 * @param stateSinceMs wall-clock time of the last change of state, ms since the epoch: an empty group's offsets age from here
 */
record ClassicMetadata(
        int generation,
        Optional<String> protocolType,
        Optional<String> protocolName,
        Optional<String> leaderId,
        long stateSinceMs,
        List<Member> members) {

    /** A member with its last assignment. */
    @SuppressWarnings("ArrayRecordComponent") // Compared nowhere; never changed.
    record Member(
            String memberId,
            Optional<String> instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<Protocol> protocols,
            byte[] assignment) {

        static Member of(ClassicMembership.Member member) {
            return new Member(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    member.sessionTimeoutMs(),
                    member.protocols(),
                    member.assignment());
        }
    }
}
