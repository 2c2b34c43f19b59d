package dev.millrace.bench;

import java.util.List;

/** A line of the table: some work, who does it, and what must come out. */
interface Row {
    /** What {@code --row} calls it. */
    String name();

    /** What the table calls it. */
    String title();

    /** Who does the work, Kafka first. */
    List<Side> sides();

    /** What must be reached. */
    List<Goal> goals();

    /** How many rounds are measured, unless the caller says otherwise. */
    default int rounds() {
        return 5;
    }

    /** How many rounds come before these, for brokers and clients to get warm. */
    default int warmRounds() {
        return 1;
    }

    /** Whether the row starts and stops its brokers itself; they are then fresh, and no other runs beside them. */
    default boolean startsBrokers() {
        return false;
    }

    /** Gets data ready on a side, once, before the first round. */
    default void prepare(Station station) {}

    /** One round of the work. */
    Figures measure(Station station);

    /** Removes the data. */
    default void tidy(Station station) {}
}
