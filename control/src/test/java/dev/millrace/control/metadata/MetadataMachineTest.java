package dev.millrace.control.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.machine.MachineHarness;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.control.metadata.FeatureUpdate.Direction;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetadataMachineTest {

    private static final String LIST = "follower.replication.throttled.replicas";

    private final AtomicLong ids = new AtomicLong(100);
    private final List<MetadataImage> published = new ArrayList<>();
    private final MachineHarness<MetadataCommand> harness = new MachineHarness<>(() -> new MetadataMachine(
            MetadataSettings.defaults(1, "cluster"), () -> new TopicId(1, ids.incrementAndGet()), published::add));

    @Test
    void shouldPublishWhatItCreates() {
        TopicImage created = done(create("orders", 3, Map.of("retention.ms", "5000")));
        assertThat(image().topic("orders")).contains(created);
        assertThat(image().topic(created.id())).contains(created);
        assertThat(created.partitionsCount()).isEqualTo(3);
        assertThat(image().topic(InternalTopics.METADATA)).isPresent();
    }

    @Test
    void shouldKeepItsStateOverEveryKindOfRestart() {
        done(create("kept", 2, Map.of("segment.ms", "7")));
        TopicImage gone = done(create("gone", 1, Map.of()));
        delete(new TopicReference.ById(gone.id()));
        alter(new ConfigTarget.OfCluster(), "log.retention.ms", "9");
        alter(new ConfigTarget.OfBroker(), "log.segment.bytes", "1048576");
        update(false, new FeatureUpdate("transaction.version", 1, Direction.SAFE_DOWNGRADE));
        long producerId = nextProducerId();
        String before = described();
        harness.restart();
        assertThat(described()).isEqualTo(before);
        harness.restartWithSnapshotBehindFacts();
        assertThat(described()).isEqualTo(before);
        harness.restartFromSnapshot();
        assertThat(described()).isEqualTo(before);
        assertThat(nextProducerId()).isEqualTo(producerId + MetadataMachine.PRODUCER_IDS_BLOCK);
    }

    @Test
    void shouldRecordTheLevelsThatItBeginsWith() {
        assertThat(image().features()).isEqualTo(FeatureLevels.DEFAULT);
        assertThat(image().features().level("transaction.version")).isEqualTo(2);
        assertThat(image().features().level(Feature.GROUP_VERSION)).isEqualTo(1);
        assertThat(image().features().level("no.such.version")).isZero();
        assertThat(harness.facts().stream().map(MetadataRecords::read))
                .contains(new MetadataRecords.Fact.Features(FeatureLevels.DEFAULT));
        int factsCount = harness.facts().size();
        harness.restart();
        assertThat(harness.facts()).hasSize(factsCount);
    }

    @Test
    void shouldChangeLevelsOfFeaturesTogetherOrNot() {
        FeatureUpdate down = new FeatureUpdate("transaction.version", 1, Direction.SAFE_DOWNGRADE);
        FeatureUpdate away = new FeatureUpdate("group.version", 0, Direction.UNSAFE_DOWNGRADE);
        assertThat(update(true, down).level("transaction.version")).isEqualTo(1);
        assertThat(image().features()).isEqualTo(FeatureLevels.DEFAULT);
        assertThatThrownBy(() -> update(false, down, new FeatureUpdate("group.version", 2, Direction.UPGRADE)))
                .hasMessageContaining("0 to 1");
        assertThat(image().features()).isEqualTo(FeatureLevels.DEFAULT);
        FeatureLevels changed = update(false, down, away);
        assertThat(changed.epoch()).isEqualTo(2);
        assertThat(changed.levels())
                .containsOnly(Map.entry("transaction.version", 1), Map.entry("metadata.version", 33));
        assertThat(image().features()).isEqualTo(changed);
        assertThat(update(false, down)).isEqualTo(changed);
    }

    @Test
    void shouldRefuseLevelsThatAreNotAllowed() {
        assertThat(refusal("transaction.version", 1, Direction.UPGRADE)).contains("downgrade");
        assertThat(refusal("transaction.version", 3, Direction.UPGRADE)).contains("0 to 2");
        assertThat(refusal("transaction.version", -1, Direction.UNSAFE_DOWNGRADE))
                .contains("at least 0");
        assertThat(refusal("transaction.version", 2, Direction.UNKNOWN)).contains("type");
        assertThat(refusal("metadata.version", 25, Direction.UNSAFE_DOWNGRADE)).contains("33 to 33");
        assertThat(refusal("share.version", 1, Direction.UPGRADE)).contains("does not know");
        assertThat(refusal("share.version", 0, Direction.UPGRADE)).contains("does not know");
        update(false, new FeatureUpdate("transaction.version", 0, Direction.SAFE_DOWNGRADE));
        assertThat(refusal("transaction.version", 1, Direction.SAFE_DOWNGRADE)).contains("cannot raise");
    }

    @Test
    void shouldRefuseToReadALevelOfTheFuture() {
        FeatureLevels future = FeatureLevels.DEFAULT.with(Map.of("transaction.version", 3));
        assertThatThrownBy(() -> MetadataRecords.read(MetadataRecords.features(future)))
                .isInstanceOf(CorruptBytesException.class)
                .hasMessageContaining("transaction.version is at level 3");
    }

    @Test
    void shouldNeverGiveAProducerIdTwice() {
        long last = -1;
        for (int i = 0; i < 2_500; i++) {
            if (i % 700 == 0) {
                harness.restart();
            }
            long next = nextProducerId();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
    }

    @Test
    void shouldRefuseATopicThatCollidesWithinItsRequest() {
        List<Outcome<TopicImage>> outcomes =
                create(List.of(topic("a.b", 1, Map.of()), topic("a_b", 1, Map.of()), topic("a_c", 1, Map.of())));
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Done.class);
        assertThat(refusal(outcomes.get(1))).isEqualTo(ErrorCode.INVALID_TOPIC_NAME);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void shouldBoundThePartitionsOfARequest() {
        assertThat(refusal(create("huge", 10_001, Map.of()))).isEqualTo(ErrorCode.POLICY_VIOLATION);
        List<Outcome<TopicImage>> outcomes =
                create(List.of(topic("half", 6_000, Map.of()), topic("rest", 6_000, Map.of())));
        assertThat(outcomes).allSatisfy(outcome -> assertThat(refusal(outcome)).isEqualTo(ErrorCode.POLICY_VIOLATION));
    }

    @Test
    void shouldRefuseWhatOneBatchCannotHold() {
        assertThat(refusal(create("too-large", 1, Map.of(LIST, "0:1,".repeat(300_000)))))
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        List<NewTopic> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(topic("many" + i, 1, Map.of(LIST, "0:1,".repeat(8_000))));
        }
        List<Outcome<TopicImage>> outcomes = create(many);
        assertThat(outcomes.getFirst()).isInstanceOf(Outcome.Done.class);
        assertThat(refusal(outcomes.getLast())).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(image().topics().stream().filter(topic -> topic.name().startsWith("many")))
                .hasSizeBetween(200, 299);
        String before = described();
        harness.restart();
        assertThat(described()).isEqualTo(before);
    }

    @Test
    void shouldRefuseAListThatHasGrownTooLarge() {
        done(create("growing", 1, Map.of()));
        for (int i = 0; ; i++) {
            String replicas = i + ":" + "1".repeat(30_000);
            Outcome<ConfigTarget> outcome = alter(new ConfigAlteration(
                    new ConfigTarget.OfTopic("growing"),
                    false,
                    List.of(new Operation(LIST, Kind.APPEND, Optional.of(replicas)))));
            if (outcome instanceof Outcome.Refused<ConfigTarget>) {
                assertThat(refusal(outcome)).isEqualTo(ErrorCode.INVALID_CONFIG);
                assertThat(i).isBetween(30, 36);
                return;
            }
        }
    }

    @Test
    void shouldFixThePartitionsOfInternalTopics() {
        TopicImage offsets = ensure(50);
        assertThat(ensure(7)).isEqualTo(offsets);
        assertThat(refusal(delete(new TopicReference.ByName(InternalTopics.CONSUMER_OFFSETS))))
                .isEqualTo(ErrorCode.TOPIC_IS_INTERNAL);
        assertThat(refusal(alter(new ConfigTarget.OfTopic(InternalTopics.CONSUMER_OFFSETS), "retention.ms", "1")))
                .isEqualTo(ErrorCode.TOPIC_IS_INTERNAL);
    }

    @Test
    void shouldApplyAllOfAChangeOrNothing() {
        done(create("tuned", 1, Map.of()));
        ConfigAlteration change = new ConfigAlteration(
                new ConfigTarget.OfTopic("tuned"),
                false,
                List.of(
                        new Operation("retention.ms", Kind.SET, Optional.of("5")),
                        new Operation("segment.bytes", Kind.SET, Optional.of("13"))));
        assertThat(refusal(alter(change))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(image().topic("tuned").orElseThrow().configs()).isEmpty();
    }

    /** What was written once must be readable for ever: never change these lines, add a version. */
    @Test
    void shouldReadTheRecordsOfVersion0() {
        HexFormat hex = HexFormat.of();
        TopicImage topic = new TopicImage("orders", new TopicId(1, 2), 3, 1_700_000_000_000L, Map.of("a", "1"));
        MachineRecord written = MetadataRecords.topic(topic);
        String key = "0100000000000000010000000000000002";
        String value = "00066f7264657273060000018bcfe5680001016101" + "31";
        assertThat(hex.formatHex(written.key())).isEqualTo(key);
        assertThat(hex.formatHex(written.value().orElseThrow())).isEqualTo(value);
        assertThat(MetadataRecords.read(new MachineRecord(hex.parseHex(key), Optional.of(hex.parseHex(value)))))
                .isEqualTo(new MetadataRecords.Fact.Topic(topic));
        assertThat(MetadataRecords.read(new MachineRecord(hex.parseHex(key), Optional.empty())))
                .isEqualTo(new MetadataRecords.Fact.TopicDeleted(topic.id()));
        assertThat(MetadataRecords.read(
                        new MachineRecord(hex.parseHex("0201"), Optional.of(hex.parseHex("0001016101" + "31")))))
                .isEqualTo(new MetadataRecords.Fact.Configs(true, Map.of("a", "1")));
        assertThat(MetadataRecords.read(
                        new MachineRecord(hex.parseHex("03"), Optional.of(hex.parseHex("0000000000000003e8")))))
                .isEqualTo(new MetadataRecords.Fact.ProducerIdsTaken(1_000));
        FeatureLevels levels = new FeatureLevels(7, new TreeMap<>(Map.of("group.version", 1)));
        String features = "00" + "0000000000000007" + "01" + "0d67726f75702e76657273696f6e" + "02";
        assertThat(hex.formatHex(MetadataRecords.features(levels).value().orElseThrow()))
                .isEqualTo(features);
        assertThat(MetadataRecords.read(new MachineRecord(hex.parseHex("04"), Optional.of(hex.parseHex(features)))))
                .isEqualTo(new MetadataRecords.Fact.Features(levels));
    }

    private MetadataImage image() {
        return published.getLast();
    }

    private String described() {
        Map<String, TopicImage> topics = new TreeMap<>();
        image().topics().forEach(topic -> topics.put(topic.name(), topic));
        return topics + " " + new TreeMap<>(image().clusterConfigs()) + " " + new TreeMap<>(image().brokerConfigs())
                + " " + image().features();
    }

    private static NewTopic topic(String name, int partitionsCount, Map<String, String> configs) {
        return new NewTopic(name, partitionsCount, -1, List.of(), configs);
    }

    private Outcome<TopicImage> create(String name, int partitionsCount, Map<String, String> configs) {
        return create(List.of(topic(name, partitionsCount, configs))).getFirst();
    }

    private List<Outcome<TopicImage>> create(List<NewTopic> topics) {
        return harness.<List<Outcome<TopicImage>>>ask(reply -> new MetadataCommand.CreateTopics(topics, false, reply))
                .join();
    }

    private Outcome<TopicImage> delete(TopicReference topic) {
        return harness.<List<Outcome<TopicImage>>>ask(reply -> new MetadataCommand.DeleteTopics(List.of(topic), reply))
                .join()
                .getFirst();
    }

    private Outcome<ConfigTarget> alter(ConfigTarget target, String key, String value) {
        return alter(new ConfigAlteration(target, false, List.of(new Operation(key, Kind.SET, Optional.of(value)))));
    }

    private Outcome<ConfigTarget> alter(ConfigAlteration change) {
        return harness.<List<Outcome<ConfigTarget>>>ask(
                        reply -> new MetadataCommand.AlterConfigs(List.of(change), false, reply))
                .join()
                .getFirst();
    }

    private TopicImage ensure(int partitionsCount) {
        return harness.<TopicImage>ask(reply -> new MetadataCommand.EnsureInternalTopic(
                        InternalTopics.CONSUMER_OFFSETS, partitionsCount, reply))
                .join();
    }

    private FeatureLevels update(boolean validateOnly, FeatureUpdate... updates) {
        return harness.<FeatureLevels>ask(
                        reply -> new MetadataCommand.UpdateFeatures(List.of(updates), validateOnly, reply))
                .join();
    }

    private String refusal(String feature, int level, Direction direction) {
        FeatureLevels before = image().features();
        CompletionException failure = catchThrowableOfType(
                CompletionException.class, () -> update(false, new FeatureUpdate(feature, level, direction)));
        assertThat(image().features()).isEqualTo(before);
        assertThat(failure.getCause())
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_FEATURE_LEVEL));
        return String.valueOf(failure.getMessage());
    }

    private long nextProducerId() {
        return harness.<Long>ask(MetadataCommand.NextProducerId::new).join();
    }

    private static TopicImage done(Outcome<TopicImage> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<TopicImage>) outcome).value();
    }

    private static ErrorCode refusal(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused<?>) outcome).failure().code();
    }
}
