package dev.millrace.control.groups.api;

import java.util.List;
import java.util.Optional;

/**
 * A member wants to take part in the next generation.
 *
 * @param memberId empty for a member that has none yet
 * @param instanceId of a static member (KIP-345)
 * @param sessionTimeoutMs how long the member may be silent
 * @param rebalanceTimeoutMs how long it may take to join again when a rebalance begins
 * @param protocols in the member's order of preference
 * @param memberIdFirst the client takes MEMBER_ID_REQUIRED for an answer (KIP-394): a lost answer then leaves no ghost behind
 * @param maySkipAssignment the client knows what to do as a leader that need not assign (KIP-814)
 * @param reason why it joins, in the client's words (KIP-800); may be empty
 */
public record JoinRequest(
        String groupId,
        String memberId,
        Optional<String> instanceId,
        String clientId,
        String clientHost,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        String protocolType,
        List<Protocol> protocols,
        boolean memberIdFirst,
        boolean maySkipAssignment,
        String reason) {}
