package dev.millrace.control.groups.api;

import dev.millrace.base.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/** What became of each member that was to leave, in the order of the request. */
public record LeaveAnswer(List<Member> members) {

    /** Named as in the request; {@code error} is empty if it has left. */
    public record Member(String memberId, Optional<String> instanceId, Optional<ErrorCode> error) {}
}
