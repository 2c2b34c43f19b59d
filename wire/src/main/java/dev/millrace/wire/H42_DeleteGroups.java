package dev.millrace.wire;

import dev.millrace.control.groups.GroupCoordinator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DeleteGroups (key 42), versions 0 to 3.
 *
 * <p>Behaviour: deletes groups without members, and their offsets; each has its own error. A group that is named twice is deleted once.
 *
 * <ul>
 *   <li>v2: flexible.
 *   <li>v3: a message beside each error.
 * </ul>
 */
final class H42_DeleteGroups implements Handler<DeleteGroupsRequestData> {

    private final GroupCoordinator groups;

    H42_DeleteGroups(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 3;
    }

    @Override
    public CompletableFuture<DeleteGroupsResponseData> handle(DeleteGroupsRequestData request, RequestContext context) {
        List<CompletableFuture<DeletableGroupResult>> results = new ArrayList<>();
        for (String groupId : new LinkedHashSet<>(request.groupsNames())) {
            results.add(groups.delete(groupId).handle((done, failure) -> {
                Errors error = failure == null ? Errors.NONE : ErrorMapping.errors(failure);
                return new DeletableGroupResult()
                        .setGroupId(groupId)
                        .setErrorCode(error.code())
                        .setErrorMessage(error == Errors.NONE ? null : error.message());
            }));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    DeletableGroupResultCollection collected = new DeletableGroupResultCollection(results.size());
                    results.forEach(result -> collected.add(result.join()));
                    return new DeleteGroupsResponseData().setResults(collected);
                });
    }
}
