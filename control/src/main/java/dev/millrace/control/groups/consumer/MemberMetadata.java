package dev.millrace.control.groups.consumer;

import dev.millrace.control.groups.api.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What a member says of itself. Immutable.
 *
 * @param topicRegex an expression of RE2 that its topics match, beside those it names
 * @param classic present while the member speaks the classic protocol
 */
record MemberMetadata(
        String memberId,
        Optional<String> instanceId,
        Optional<String> rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        SortedSet<String> topicNames,
        Optional<String> topicRegex,
        Optional<String> serverAssignor,
        Optional<Classic> classic) {

    /** What the classic protocol says beside: {@code protocols} in the member's order of preference. */
    record Classic(int sessionTimeoutMs, List<Protocol> protocols) {}

    boolean isClassic() {
        return classic.isPresent();
    }

    MemberMetadata renamed(String newMemberId) {
        return new MemberMetadata(
                newMemberId,
                instanceId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                topicNames,
                topicRegex,
                serverAssignor,
                classic);
    }

    boolean subscribesAs(MemberMetadata other) {
        return topicNames.equals(other.topicNames) && topicRegex.equals(other.topicRegex);
    }
}
