package dev.millrace.control.groups.api;

import java.util.List;
import java.util.Optional;

/**
 * A group as an administrator sees it.
 *
 * @param protocolType empty for a group that only keeps offsets
 * @param protocolName the chosen protocol; empty unless the group is stable
 */
public record GroupDescription(
        String groupId,
        GroupType type,
        GroupState state,
        String protocolType,
        String protocolName,
        List<Member> members) {

    /**
     * A member, with what it said last.
     *
     * @param clientHost where the member joined from
     * @param metadata under the chosen protocol; empty unless the group is stable
     * @param assignment the last one; empty if there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
    public record Member(
            String memberId,
            Optional<String> instanceId,
            String clientId,
            String clientHost,
            byte[] metadata,
            byte[] assignment) {}
}
