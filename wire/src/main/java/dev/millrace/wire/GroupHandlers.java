package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.transactions.TransactionCoordinator;
import java.util.List;

/** Everything that clients ask of groups. */
public final class GroupHandlers {

    private GroupHandlers() {}

    /** The handlers of FindCoordinator, of both group protocols, of offsets, and of what administrators ask. */
    public static List<Handler<?>> all(
            GroupCoordinator groups, TransactionCoordinator transactions, LogPort log, int nodeId) {
        return List.of(
                new H08_OffsetCommit(groups, log),
                new H09_OffsetFetch(groups, log),
                new H10_FindCoordinator(groups, transactions, nodeId),
                new H11_JoinGroup(groups),
                new H12_Heartbeat(groups),
                new H13_LeaveGroup(groups),
                new H14_SyncGroup(groups),
                new H15_DescribeGroups(groups),
                new H16_ListGroups(groups),
                new H42_DeleteGroups(groups),
                new H47_OffsetDelete(groups, log),
                new H68_ConsumerGroupHeartbeat(groups),
                new H69_ConsumerGroupDescribe(groups));
    }
}
