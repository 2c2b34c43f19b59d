package dev.millrace.checker;

import java.util.ArrayList;
import java.util.List;

/** Collects what clients do and see, in one order. Thread-safe. */
public final class History {
    private final List<Operation> operations = new ArrayList<>();

    public synchronized void add(Operation operation) {
        operations.add(operation);
    }

    /** What was collected so far. */
    public synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }
}
