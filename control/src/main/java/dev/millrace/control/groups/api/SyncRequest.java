package dev.millrace.control.groups.api;

import java.util.Map;
import java.util.Optional;

/**
 * A member asks for its assignment; the leader brings everybody's.
 *
 * @param protocolType what the member believes it to be, if it says so (KIP-559); likewise {@code protocolName}
 * @param assignments by member id; empty from followers
 */
public record SyncRequest(
        String groupId,
        String memberId,
        Optional<String> instanceId,
        int generation,
        Optional<String> protocolType,
        Optional<String> protocolName,
        Map<String, byte[]> assignments) {}
