package dev.millrace.control.machine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The machines behind a coordinator: one for each partition of its internal topic, in their order. Thread-safe. */
public interface MachineSet<C> {

    /** The machines; creates the topic first, if there is none yet. Fails with what stood in the way, and tries anew when asked again. */
    CompletableFuture<List<MachineInstance<C>>> open();

    /** The machines if the topic exists; empty if it does not, and so nothing that is kept in it either. */
    Optional<CompletableFuture<List<MachineInstance<C>>>> ifCreated();
}
