package dev.millrace.control.groups.api;

import java.util.List;
import java.util.Optional;

/** Members leave, or an administrator removes static ones (KIP-345). */
public record LeaveRequest(String groupId, List<Member> members) {

    /**
     * One that is to leave.
     *
     * @param memberId empty if an administrator knows the instance id alone
     * @param reason in the client's words (KIP-800); may be empty
     */
    public record Member(String memberId, Optional<String> instanceId, String reason) {}
}
