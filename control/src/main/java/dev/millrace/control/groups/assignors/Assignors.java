package dev.millrace.control.groups.assignors;

import java.util.List;
import java.util.Optional;

/** The assignors that there are. Stateless. */
public final class Assignors {

    private static final List<Assignor> ALL = List.of(new UniformAssignor(), new RangeAssignor());

    private Assignors() {}

    /** The assignor of this name; empty if there is none. */
    public static Optional<Assignor> named(String name) {
        return ALL.stream().filter(assignor -> assignor.name().equals(name)).findFirst();
    }

    /** The names of all. */
    public static List<String> names() {
        return ALL.stream().map(Assignor::name).toList();
    }
}
