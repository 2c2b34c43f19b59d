package dev.millrace.control.metadata;

import dev.millrace.control.machine.Reply;
import java.util.List;

/** What the metadata machine can be asked. Lists are answered entry by entry, in order. */
sealed interface MetadataCommand {

    /**
     * Creates topics.
     *
     * @param validateOnly whether to say what would happen, and do nothing
     */
    record CreateTopics(List<NewTopic> topics, boolean validateOnly, Reply<List<Outcome<TopicImage>>> reply)
            implements MetadataCommand {}

    record DeleteTopics(List<TopicReference> topics, Reply<List<Outcome<TopicImage>>> reply)
            implements MetadataCommand {}

    record CreatePartitions(List<NewPartitions> requests, boolean validateOnly, Reply<List<Outcome<TopicImage>>> reply)
            implements MetadataCommand {}

    record AlterConfigs(
            List<ConfigAlteration> alterations, boolean validateOnly, Reply<List<Outcome<ConfigTarget>>> reply)
            implements MetadataCommand {}

    record EnsureInternalTopic(String topic, int partitionsCount, Reply<TopicImage> reply) implements MetadataCommand {}

    /**
     * Changes levels of features: all of them or none.
     *
     * @param validateOnly whether to say what would happen, and do nothing
     */
    record UpdateFeatures(List<FeatureUpdate> updates, boolean validateOnly, Reply<FeatureLevels> reply)
            implements MetadataCommand {}

    record NextProducerId(Reply<Long> reply) implements MetadataCommand {}
}
