package dev.millrace.control.groups;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.MachineInstance;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The machines behind the coordinator: one for each partition of {@code __consumer_offsets}, in their order. Thread-safe. */
public interface GroupMachines {

    /** The machines; creates the topic first, if there is none yet. Fails with what stood in the way, and tries anew when asked again. */
    CompletableFuture<List<MachineInstance<GroupCommand>>> open();

    /** The machines if the topic exists; empty if it does not, and so no group either. */
    Optional<CompletableFuture<List<MachineInstance<GroupCommand>>>> ifCreated();
}
