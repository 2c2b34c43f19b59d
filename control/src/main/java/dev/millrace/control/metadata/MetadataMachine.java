package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;
import dev.millrace.base.config.ConfigSource.Kind;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Topics, configurations, feature levels and producer ids. Publishes a new {@link MetadataImage} when what changed it is durable.
 *
 * <p>Soft state: the next producer id of the block that is taken; what is left of a block is not given out after a restart.
 */
final class MetadataMachine implements Machine<MetadataCommand> {

    /** As Kafka's: so many producers start between two facts. */
    static final int PRODUCER_IDS_BLOCK = 1_000;

    private final Supplier<TopicId> newTopicIds;
    private final Consumer<MetadataImage> publish;
    private final TopicRules topicRules;
    private final ConfigRules configRules;
    private final MetadataState state = new MetadataState();
    private long nextProducerId = -1;
    private boolean changed = true;

    /**
     * @param newTopicIds random ones
     * @param publish called on the machine's thread
     */
    MetadataMachine(MetadataSettings settings, Supplier<TopicId> newTopicIds, Consumer<MetadataImage> publish) {
        this.newTopicIds = newTopicIds;
        this.publish = publish;
        this.topicRules = new TopicRules(settings.nodeId(), settings.config().get(MetadataConfigs.NUM_PARTITIONS));
        this.configRules = new ConfigRules(settings.config());
    }

    @Override
    public void handle(MetadataCommand command, Turn<MetadataCommand> turn) {
        switch (command) {
            case MetadataCommand.CreateTopics create ->
                turn.answer(create.reply(), createTopics(create.topics(), create.validateOnly(), turn));
            case MetadataCommand.DeleteTopics delete ->
                turn.answer(delete.reply(), deleteTopics(delete.topics(), turn));
            case MetadataCommand.CreatePartitions create ->
                turn.answer(create.reply(), createPartitions(create.requests(), create.validateOnly(), turn));
            case MetadataCommand.AlterConfigs alter ->
                turn.answer(alter.reply(), alterConfigs(alter.alterations(), alter.validateOnly(), turn));
            case MetadataCommand.EnsureInternalTopic ensure -> turn.answer(ensure.reply(), ensure(ensure, turn));
            case MetadataCommand.UpdateFeatures update -> updateFeatures(update, turn);
            case MetadataCommand.NextProducerId next -> turn.answer(next.reply(), nextProducerId(turn));
        }
    }

    @Override
    public void replay(MachineRecord record) {
        state.replay(record);
        changed = true;
    }

    @Override
    public void snapshot(Consumer<MachineRecord> out) {
        state.snapshot(out);
    }

    @Override
    public Optional<Runnable> whenDurable() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        MetadataImage image = state.image();
        return Optional.of(() -> publish.accept(image));
    }

    @Override
    public void onLeading(Turn<MetadataCommand> turn) {
        nextProducerId = state.firstFreeProducerId();
        if (!state.featuresRecorded()) {
            turn.record(MetadataRecords.features(state.features()));
        }
        if (state.topic(InternalTopics.METADATA).isEmpty()) {
            turn.record(MetadataRecords.topic(new TopicImage(
                    InternalTopics.METADATA, MetadataService.METADATA_TOPIC_ID, 1, turn.wallMs(), Map.of())));
        }
    }

    private List<Outcome<TopicImage>> createTopics(
            List<NewTopic> topics, boolean validateOnly, Turn<MetadataCommand> turn) {
        Set<String> repeated = repeated(topics.stream().map(NewTopic::name).toList());
        List<Outcome<TopicImage>> outcomes = new ArrayList<>();
        Map<String, String> unified = new HashMap<>();
        TurnFacts facts = new TurnFacts();
        long partitionsCount = topics.stream().mapToLong(topicRules::askedCount).sum();
        for (NewTopic topic : topics) {
            try {
                checkRequestTotal(partitionsCount);
                checkOnce(repeated, topic.name(), "Duplicate topic name.");
                TopicImage image = newTopic(topic, unified, turn.wallMs());
                facts.add("topic " + image.name(), MetadataRecords.topic(image));
                unified.put(TopicNames.unified(image.name()), image.name());
                outcomes.add(new Outcome.Done<>(image));
            } catch (MillraceException e) {
                outcomes.add(new Outcome.Refused<>(e));
            }
        }
        if (!validateOnly) {
            facts.recordInto(turn);
        }
        return outcomes;
    }

    /** @param unified earlier topics of the same request, by their unified names: not in the state yet, but in the way if names collide */
    private TopicImage newTopic(NewTopic topic, Map<String, String> unified, long wallMs) {
        TopicRules.checkName(topic.name(), state);
        String earlier = unified.get(TopicNames.unified(topic.name()));
        if (earlier != null) {
            throw new MillraceException(
                    ErrorCode.INVALID_TOPIC_NAME,
                    "Topic '" + topic.name() + "' collides with topic of the same request: " + earlier);
        }
        configRules.checkTopic(topic.configs());
        return new TopicImage(
                topic.name(), newTopicIds.get(), topicRules.partitionsCount(topic), wallMs, topic.configs());
    }

    private List<Outcome<TopicImage>> deleteTopics(List<TopicReference> references, Turn<MetadataCommand> turn) {
        List<Outcome<TopicImage>> outcomes = new ArrayList<>();
        TurnFacts facts = new TurnFacts();
        Set<TopicId> deleted = new HashSet<>();
        for (TopicReference reference : references) {
            try {
                TopicImage topic = find(reference);
                if (topic.internal()) {
                    throw TopicRules.internal(topic.name());
                }
                if (!deleted.add(topic.id())) {
                    throw new MillraceException(ErrorCode.INVALID_REQUEST, "Duplicate topic name or id.");
                }
                facts.add("topic " + topic.name(), MetadataRecords.topicDeleted(topic.id()));
                outcomes.add(new Outcome.Done<>(topic));
            } catch (MillraceException e) {
                outcomes.add(new Outcome.Refused<>(e));
            }
        }
        facts.recordInto(turn);
        return outcomes;
    }

    private TopicImage find(TopicReference reference) {
        return switch (reference) {
            case TopicReference.ByName(String name) -> find(name);
            case TopicReference.ById(TopicId id) ->
                state.topic(id)
                        .orElseThrow(() -> new MillraceException(
                                ErrorCode.UNKNOWN_TOPIC_ID, "This server does not host a topic with id " + id + "."));
        };
    }

    private TopicImage find(String name) {
        return state.topic(name)
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist."));
    }

    private List<Outcome<TopicImage>> createPartitions(
            List<NewPartitions> requests, boolean validateOnly, Turn<MetadataCommand> turn) {
        Set<String> repeated =
                repeated(requests.stream().map(NewPartitions::topic).toList());
        List<Outcome<TopicImage>> outcomes = new ArrayList<>();
        TurnFacts facts = new TurnFacts();
        int addedCount = 0;
        for (NewPartitions request : requests) {
            try {
                checkOnce(repeated, request.topic(), "Duplicate topic name.");
                TopicImage topic = find(request.topic());
                if (topic.internal()) {
                    throw TopicRules.internal(topic.name());
                }
                topicRules.checkGrowth(topic, request);
                int growth = request.totalCount() - topic.partitionsCount();
                checkRequestTotal(addedCount + growth);
                TopicImage grown = topic.withPartitionsCount(request.totalCount());
                facts.add("topic " + topic.name(), MetadataRecords.topic(grown));
                addedCount += growth;
                outcomes.add(new Outcome.Done<>(grown));
            } catch (MillraceException e) {
                outcomes.add(new Outcome.Refused<>(e));
            }
        }
        if (!validateOnly) {
            facts.recordInto(turn);
        }
        return outcomes;
    }

    private List<Outcome<ConfigTarget>> alterConfigs(
            List<ConfigAlteration> alterations, boolean validateOnly, Turn<MetadataCommand> turn) {
        List<Outcome<ConfigTarget>> outcomes = new ArrayList<>();
        TurnFacts facts = new TurnFacts();
        Set<ConfigTarget> seen = new HashSet<>();
        for (ConfigAlteration alteration : alterations) {
            try {
                if (!seen.add(alteration.target())) {
                    throw new MillraceException(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once.");
                }
                facts.add(name(alteration.target()), altered(alteration));
                outcomes.add(new Outcome.Done<>(alteration.target()));
            } catch (MillraceException e) {
                outcomes.add(new Outcome.Refused<>(e));
            }
        }
        if (!validateOnly) {
            facts.recordInto(turn);
        }
        return outcomes;
    }

    private static String name(ConfigTarget target) {
        return switch (target) {
            case ConfigTarget.OfTopic(String name) -> "topic " + name;
            case ConfigTarget.OfGroup(String groupId) -> "group " + groupId;
            case ConfigTarget.OfBroker() -> "this broker";
            case ConfigTarget.OfCluster() -> "all brokers";
        };
    }

    private MachineRecord altered(ConfigAlteration alteration) {
        return switch (alteration.target()) {
            case ConfigTarget.OfTopic(String name) -> {
                TopicImage topic = find(name);
                if (topic.internal()) {
                    throw TopicRules.internal(name);
                }
                yield MetadataRecords.topic(topic.withConfigs(configRules.alterTopic(topic, alteration, state)));
            }
            case ConfigTarget.OfGroup(String groupId) ->
                MetadataRecords.groupConfigs(
                        groupId, configRules.alterGroup(state.groupConfigs(groupId), alteration, state));
            case ConfigTarget.OfBroker() ->
                MetadataRecords.configs(
                        true, configRules.alterBroker(Kind.DYNAMIC_SERVER, state.configs(true), alteration));
            case ConfigTarget.OfCluster() ->
                MetadataRecords.configs(
                        false, configRules.alterBroker(Kind.DYNAMIC_DEFAULT, state.configs(false), alteration));
        };
    }

    private TopicImage ensure(MetadataCommand.EnsureInternalTopic ensure, Turn<MetadataCommand> turn) {
        return state.topic(ensure.topic()).orElseGet(() -> {
            TopicImage created = new TopicImage(
                    ensure.topic(), newTopicIds.get(), ensure.partitionsCount(), turn.wallMs(), Map.of());
            turn.record(MetadataRecords.topic(created));
            return created;
        });
    }

    private void updateFeatures(MetadataCommand.UpdateFeatures update, Turn<MetadataCommand> turn) {
        try {
            FeatureLevels current = state.features();
            FeatureLevels updated = FeatureRules.updated(current, update.updates());
            if (!update.validateOnly() && !updated.equals(current)) {
                turn.record(MetadataRecords.features(updated));
            }
            turn.answer(update.reply(), updated);
        } catch (MillraceException e) {
            turn.fail(update.reply(), e);
        }
    }

    private long nextProducerId(Turn<MetadataCommand> turn) {
        if (nextProducerId >= state.firstFreeProducerId()) {
            turn.record(MetadataRecords.producerIdsTaken(nextProducerId + PRODUCER_IDS_BLOCK));
        }
        return nextProducerId++;
    }

    private static Set<String> repeated(List<String> names) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                repeated.add(name);
            }
        }
        return repeated;
    }

    private static void checkOnce(Set<String> repeated, String name, String message) {
        if (repeated.contains(name)) {
            throw new MillraceException(ErrorCode.INVALID_REQUEST, message);
        }
    }

    private static void checkRequestTotal(long partitionsCount) {
        if (partitionsCount > TopicRules.MAX_PARTITIONS) {
            throw new MillraceException(
                    ErrorCode.POLICY_VIOLATION,
                    "Excessively large number of partitions per request: at most " + TopicRules.MAX_PARTITIONS
                            + " are created at once");
        }
    }
}
