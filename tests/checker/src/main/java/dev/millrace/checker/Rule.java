package dev.millrace.checker;

import java.util.function.Consumer;

/** Looks for one kind of anomaly, or for close relatives. Stateless. */
interface Rule {

    /** Hands over whatever it finds in the history that {@code known} is about. */
    void look(Knowledge known, Consumer<Anomaly> found);
}
