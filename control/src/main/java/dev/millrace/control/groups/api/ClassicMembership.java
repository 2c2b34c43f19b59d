package dev.millrace.control.groups.api;

import java.util.List;
import java.util.Optional;

/**
 * A group of consumers that speak the classic protocol, on its way from one protocol to the other.
 *
 * @param protocolName the protocol (assignor) that the group has chosen; empty if it has not yet
 */
public record ClassicMembership(String groupId, int generation, Optional<String> protocolName, List<Member> members) {

    /**
     * A member with its last assignment.
     *
     * @param protocols in its order of preference
     * @param assignment in the consumers' embedded protocol; empty if there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
    public record Member(
            String memberId,
            Optional<String> instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<Protocol> protocols,
            byte[] assignment) {}
}
