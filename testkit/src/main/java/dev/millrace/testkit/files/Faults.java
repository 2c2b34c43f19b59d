package dev.millrace.testkit.files;

import dev.millrace.testkit.files.SimulatedFileStore.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** The failures that were ordered. Not thread-safe. */
final class Faults {

    private final List<Fault> ordered = new ArrayList<>();

    void add(Operation operation, Predicate<Path> path, boolean once) {
        ordered.add(new Fault(operation, path, once));
    }

    void clear() {
        ordered.clear();
    }

    /** Whether this operation is to fail; a failure that was ordered once is used up. */
    boolean strike(Operation operation, Path path) {
        for (Iterator<Fault> i = ordered.iterator(); i.hasNext(); ) {
            Fault fault = i.next();
            if (fault.operation == operation && fault.path.test(path)) {
                if (fault.once) {
                    i.remove();
                }
                return true;
            }
        }
        return false;
    }

    private record Fault(Operation operation, Predicate<Path> path, boolean once) {}
}
