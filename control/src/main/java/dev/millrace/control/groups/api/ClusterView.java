package dev.millrace.control.groups.api;

import dev.millrace.base.TopicId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What groups must know of the cluster, at one moment: its topics, and what was set for single groups. Immutable. */
public interface ClusterView {

    /** A topic as groups see it. */
    record Topic(String name, TopicId id, int partitionsCount) {}

    Optional<Topic> topic(String name);

    Optional<Topic> topic(TopicId id);

    /** The names of all topics, in order, internal ones too. */
    Collection<String> topicNames();

    /** What was set for this group alone, by Kafka's names; empty if nothing was. */
    Map<String, String> configs(String groupId);
}
