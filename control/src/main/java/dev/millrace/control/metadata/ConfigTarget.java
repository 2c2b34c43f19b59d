package dev.millrace.control.metadata;

/** Whose configuration. */
public sealed interface ConfigTarget {

    record OfTopic(String name) implements ConfigTarget {}

    /** A consumer group, whether there is one or not. */
    record OfGroup(String groupId) implements ConfigTarget {}

    /** This broker. */
    record OfBroker() implements ConfigTarget {}

    /** The default of all brokers. */
    record OfCluster() implements ConfigTarget {}
}
