package dev.millrace.control.groups.api;

import java.util.Optional;

/**
 * Who reads offsets. A member of a consumer group says who it is and reads only while it is up to date (OffsetFetch version 9, KIP-848).
 *
 * @param memberEpoch -1 if it does not say
 */
public record OffsetReader(String groupId, Optional<String> memberId, int memberEpoch) {

    /** Somebody that does not say who it is. */
    public static OffsetReader anybody(String groupId) {
        return new OffsetReader(groupId, Optional.empty(), -1);
    }

    /** Whether it says that it is a member. */
    public boolean isMember() {
        return memberId.isPresent() || memberEpoch >= 0;
    }
}
