package dev.millrace.control.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.control.groups.GoldenFile;
import dev.millrace.control.groups.api.Protocol;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.log.PartitionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** The bytes of the facts of consumer groups. */
final class ConsumerFactsTest {

    private static final TopicId FLIGHTS = new TopicId(1, 2);
    private static final TopicId BOATS = new TopicId(3, 4);
    private static final GroupHead HEAD = new GroupHead(7, 6, 0x0102030405060708L);
    private static final MemberMetadata MEMBER = new MemberMetadata(
            "member",
            Optional.of("instance"),
            Optional.of("rack"),
            "client",
            "/127.0.0.1",
            300_000,
            Heartbeats.sorted(List.of("flights", "boats")),
            Optional.of("fl.*"),
            Optional.of("range"),
            Optional.empty());
    private static final MemberMetadata CLASSIC_MEMBER = new MemberMetadata(
            "other",
            Optional.empty(),
            Optional.empty(),
            "",
            "/127.0.0.2",
            60_000,
            Heartbeats.sorted(List.of("flights")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new MemberMetadata.Classic(
                    45_000, List.of(new Protocol("range", "said".getBytes(StandardCharsets.UTF_8))))));
    private static final SortedSet<PartitionId> TARGET = PartitionSets.of(
            List.of(new PartitionId(FLIGHTS, 0), new PartitionId(FLIGHTS, 300), new PartitionId(BOATS, 1)));
    private static final Progress PROGRESS = new Progress(
            7,
            6,
            Progress.State.UNREVOKED,
            Progress.all(TARGET, 5),
            Progress.all(List.of(new PartitionId(BOATS, 2)), 4));

    @Test
    void shouldKeepReadingAndWritingVersion0() {
        MachineRecord head = ConsumerFacts.head("my-group", HEAD);
        MachineRecord target = ConsumerFacts.target("my-group", "member", TARGET);
        MachineRecord progress = ConsumerFacts.progress("my-group", "member", PROGRESS);
        MachineRecord member = ConsumerFacts.member("my-group", MEMBER);
        GoldenFile.check("consumer-group-key-v0", head.key());
        GoldenFile.check("consumer-group-value-v0", value(head));
        GoldenFile.check("consumer-member-key-v0", member.key());
        GoldenFile.check("consumer-member-value-v0", value(member));
        GoldenFile.check("consumer-member-classic-v0", value(ConsumerFacts.member("my-group", CLASSIC_MEMBER)));
        GoldenFile.check("consumer-target-key-v0", target.key());
        GoldenFile.check("consumer-target-value-v0", value(target));
        GoldenFile.check("consumer-progress-key-v0", progress.key());
        GoldenFile.check("consumer-progress-value-v0", value(progress));

        assertThat(ConsumerFacts.readKey(GoldenFile.read("consumer-group-key-v0")))
                .isEqualTo(new ConsumerFacts.Key(RecordKind.CONSUMER_GROUP, "my-group", ""));
        assertThat(ConsumerFacts.readKey(GoldenFile.read("consumer-member-key-v0")))
                .isEqualTo(new ConsumerFacts.Key(RecordKind.CONSUMER_MEMBER, "my-group", "member"));
        assertThat(ConsumerFacts.readHead(GoldenFile.read("consumer-group-value-v0")))
                .isEqualTo(HEAD);
        assertThat(MemberCodec.decode(GoldenFile.read("consumer-member-value-v0")))
                .isEqualTo(MEMBER);
        assertThat(MemberCodec.decode(GoldenFile.read("consumer-member-classic-v0")))
                .isEqualTo(CLASSIC_MEMBER);
        assertThat(ConsumerFacts.readTarget(GoldenFile.read("consumer-target-value-v0")))
                .isEqualTo(TARGET);
        assertThat(ConsumerFacts.readProgress(GoldenFile.read("consumer-progress-value-v0")))
                .isEqualTo(PROGRESS);
    }

    @Test
    void shouldSayWhatIsWrongWithBytesThatAreCut() {
        byte[] member = MemberCodec.encode(CLASSIC_MEMBER);
        byte[] progress = value(ConsumerFacts.progress("g", "m", PROGRESS));
        for (int sizeBytes = 0; sizeBytes < member.length; sizeBytes++) {
            byte[] cut = Arrays.copyOf(member, sizeBytes);
            assertThatThrownBy(() -> MemberCodec.decode(cut)).isInstanceOf(CorruptBytesException.class);
        }
        for (int sizeBytes = 0; sizeBytes < progress.length; sizeBytes++) {
            byte[] cut = Arrays.copyOf(progress, sizeBytes);
            assertThatThrownBy(() -> ConsumerFacts.readProgress(cut)).isInstanceOf(CorruptBytesException.class);
        }
    }

    private static byte[] value(MachineRecord fact) {
        return fact.value().orElseThrow();
    }
}
