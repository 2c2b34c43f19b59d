package dev.millrace.control.metadata;

/** Whose configuration. */
public sealed interface ConfigTarget {

    record OfTopic(String name) implements ConfigTarget {}

    /** This broker. */
    record OfBroker() implements ConfigTarget {}

    /** The default of all brokers. */
    record OfCluster() implements ConfigTarget {}
}
