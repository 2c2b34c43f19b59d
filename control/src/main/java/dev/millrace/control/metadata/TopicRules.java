package dev.millrace.control.metadata;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a new topic, or one that grows, must satisfy. Every method throws a {@link MillraceException} that says what is wrong. Stateless. */
final class TopicRules {

    /** Partitions of one topic, and of one request: as Kafka's controller. */
    static final int MAX_PARTITIONS = 10_000;

    private final int nodeId;
    private final int defaultPartitionsCount;

    TopicRules(int nodeId, int defaultPartitionsCount) {
        this.nodeId = nodeId;
        this.defaultPartitionsCount = defaultPartitionsCount;
    }

    /** The name is legal, not reserved, and neither taken nor too like one that is. */
    static void checkName(String name, MetadataState state) {
        TopicNames.check(name).ifPresent(failure -> {
            throw failure;
        });
        if (name.equals(InternalTopics.KAFKA_METADATA)) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST, "Creation of internal topic " + name + " is prohibited.");
        }
        if (state.topic(name).isPresent()) {
            throw new MillraceException(ErrorCode.TOPIC_EXISTS, "Topic '" + name + "' already exists.");
        }
        if (InternalTopics.isInternal(name)) {
            throw internal(name);
        }
        state.collidingWith(name).ifPresent(other -> {
            throw new MillraceException(
                    ErrorCode.INVALID_TOPIC_NAME,
                    "Topic '" + name + "' collides with existing topic: " + other
                            + " ('.' and '_' are the same in the names of metrics)");
        });
    }

    static MillraceException internal(String name) {
        return new MillraceException(
                ErrorCode.TOPIC_IS_INTERNAL,
                "Topic '" + name + "' is internal: Millrace alone creates, configures and deletes it");
    }

    /** How many partitions are asked for, whether or not the topic may have them. */
    int askedCount(NewTopic topic) {
        if (!topic.assignments().isEmpty()) {
            return topic.assignments().size();
        }
        return topic.partitionsCount() == -1 ? defaultPartitionsCount : topic.partitionsCount();
    }

    /** How many partitions the topic gets. */
    int partitionsCount(NewTopic topic) {
        if (!topic.assignments().isEmpty()) {
            return assignedCount(topic);
        }
        int replicationFactor = topic.replicationFactor();
        if (replicationFactor < -1 || replicationFactor == 0) {
            throw new MillraceException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value; it is "
                            + replicationFactor);
        }
        if (topic.partitionsCount() < -1 || topic.partitionsCount() == 0) {
            throw new MillraceException(
                    ErrorCode.INVALID_PARTITIONS,
                    "Number of partitions must be larger than 0, or -1 to use the default value; it is "
                            + topic.partitionsCount());
        }
        if (replicationFactor > 1) {
            throw new MillraceException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "The target replication factor of " + replicationFactor
                            + " cannot be reached because only 1 broker(s) are registered.");
        }
        int count = topic.partitionsCount() == -1 ? defaultPartitionsCount : topic.partitionsCount();
        checkTotal(count);
        return count;
    }

    /** A topic of {@code current} partitions may grow as asked. */
    void checkGrowth(TopicImage current, NewPartitions request) {
        int totalCount = request.totalCount();
        if (totalCount == current.partitionsCount()) {
            throw new MillraceException(
                    ErrorCode.INVALID_PARTITIONS, "Topic already has " + totalCount + " partition(s).");
        }
        if (totalCount < current.partitionsCount()) {
            throw new MillraceException(
                    ErrorCode.INVALID_PARTITIONS,
                    "The topic " + current.name() + " currently has " + current.partitionsCount() + " partition(s); "
                            + totalCount + " would not be an increase.");
        }
        checkTotal(totalCount);
        request.assignments().ifPresent(assignments -> {
            int addedCount = totalCount - current.partitionsCount();
            if (assignments.size() != addedCount) {
                throw new MillraceException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Attempted to add " + addedCount + " additional partition(s), but only " + assignments.size()
                                + " assignment(s) were specified.");
            }
            assignments.forEach(this::checkBrokers);
        });
    }

    private int assignedCount(NewTopic topic) {
        if (topic.replicationFactor() != -1) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.partitionsCount() != -1) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        Map<Integer, List<Integer>> brokers = new TreeMap<>();
        for (NewTopic.Assignment assignment : topic.assignments()) {
            if (brokers.put(assignment.partition(), assignment.brokers()) != null) {
                throw new MillraceException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Found multiple manual partition assignments for partition " + assignment.partition());
            }
            checkBrokers(assignment.brokers());
        }
        int count = brokers.size();
        if (!new TreeSet<>(brokers.keySet()).first().equals(0)
                || !new TreeSet<>(brokers.keySet()).last().equals(count - 1)) {
            throw new MillraceException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "partitions should be a consecutive 0-based integer sequence");
        }
        checkTotal(count);
        return count;
    }

    private void checkBrokers(List<Integer> brokers) {
        if (brokers.isEmpty()) {
            throw new MillraceException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "The manual partition assignment includes an empty replica list.");
        }
        Set<Integer> seen = new HashSet<>();
        for (int broker : brokers) {
            if (broker != nodeId) {
                throw new MillraceException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes broker " + broker
                                + ", but no such broker is registered.");
            }
            if (!seen.add(broker)) {
                throw new MillraceException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes the broker " + broker + " more than once.");
            }
        }
    }

    private static void checkTotal(int count) {
        if (count > MAX_PARTITIONS) {
            throw new MillraceException(
                    ErrorCode.POLICY_VIOLATION, "A topic has at most " + MAX_PARTITIONS + " partitions, not " + count);
        }
    }
}
