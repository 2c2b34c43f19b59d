package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.groups.api.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * ListGroups (key 16), versions 0 to 5.
 *
 * <p>Behaviour: all groups of this node, also those that only keep offsets.
 *
 * <ul>
 *   <li>v3: flexible. v4: in some states alone (KIP-518). v5: of some types alone (KIP-848). Names are compared without case; one that
 *       nothing bears matches nothing.
 * </ul>
 */
final class H16_ListGroups implements Handler<ListGroupsRequestData> {

    private final GroupCoordinator groups;

    H16_ListGroups(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 5;
    }

    @Override
    public CompletableFuture<ListGroupsResponseData> handle(ListGroupsRequestData request, RequestContext context) {
        return groups.list().thenApply(all -> {
            List<ListGroupsResponseData.ListedGroup> listed = new ArrayList<>();
            for (ListedGroup group : all) {
                if (matches(request.statesFilter(), group.state().label())
                        && matches(request.typesFilter(), group.type().label())) {
                    listed.add(new ListGroupsResponseData.ListedGroup()
                            .setGroupId(group.groupId())
                            .setProtocolType(group.protocolType())
                            .setGroupState(group.state().label())
                            .setGroupType(group.type().label()));
                }
            }
            return new ListGroupsResponseData().setGroups(listed);
        });
    }

    private static boolean matches(List<String> filter, String label) {
        return filter.isEmpty() || filter.stream().anyMatch(label::equalsIgnoreCase);
    }
}
