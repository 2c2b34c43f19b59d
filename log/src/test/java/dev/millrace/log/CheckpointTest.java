package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes of checkpoints: those of every version are read, for good. */
class CheckpointTest {

    private static final String VERSION_1 = """
        millrace-checkpoint 1
        clean true
        journal 4294967312
        partition AAAAAAAAAAEAAAAAAAAAAQ 0 12 3 -1
        partition AAAAAAAAAAIAAAAAAAAAAg 7 100 0 100
        crc 89ac8ffa
        """;

    private static final String VERSION_2 = """
        millrace-checkpoint 2
        clean false
        journaled true
        journal 4294967312
        partition AAAAAAAAAAEAAAAAAAAAAQ 0 12 3 -1 flights 4 5120 2 1700000000000
        partition AAAAAAAAAAIAAAAAAAAAAg 7 100 0 100 a.b_c-d
        crc b9818803
        """;

    @Test
    void shouldReadTheFirstVersion() throws IOException {
        Checkpoint checkpoint = Checkpoint.parse(bytes(VERSION_1));
        assertThat(checkpoint.clean()).isTrue();
        assertThat(checkpoint.journaled()).isFalse();
        assertThat(checkpoint.journalStartSequence()).isEqualTo(4294967312L);
        assertThat(checkpoint.partitions())
                .containsOnly(
                        Map.entry(
                                LogWorld.id(1, 0), new Checkpoint.Line(12, 3, -1, Optional.empty(), Optional.empty())),
                        Map.entry(
                                LogWorld.id(2, 7),
                                new Checkpoint.Line(100, 0, 100, Optional.empty(), Optional.empty())));
    }

    @Test
    void shouldReadAndWriteTheSecondVersion() throws IOException {
        Map<PartitionId, Checkpoint.Line> lines = new LinkedHashMap<>();
        lines.put(
                LogWorld.id(1, 0),
                new Checkpoint.Line(
                        12,
                        3,
                        -1,
                        Optional.of("flights"),
                        Optional.of(new Checkpoint.Summary(4, 5120, 2, 1_700_000_000_000L))));
        lines.put(LogWorld.id(2, 7), new Checkpoint.Line(100, 0, 100, Optional.of("a.b_c-d"), Optional.empty()));
        Checkpoint checkpoint = new Checkpoint(false, true, 4294967312L, lines);
        assertThat(new String(checkpoint.toBytes(), StandardCharsets.UTF_8)).isEqualTo(VERSION_2);
        assertThat(Checkpoint.parse(bytes(VERSION_2))).isEqualTo(checkpoint);
    }

    @Test
    void shouldRefuseWhatIsNotWhole() {
        byte[] whole = bytes(VERSION_2);
        for (int size = 0; size < whole.length - 1; size++) {
            byte[] cut = Arrays.copyOf(whole, size);
            assertThatThrownBy(() -> Checkpoint.parse(cut)).isInstanceOf(IOException.class);
        }
        for (int position = 0; position < whole.length - 1; position++) {
            byte[] flipped = whole.clone();
            flipped[position] ^= 1;
            assertThatThrownBy(() -> Checkpoint.parse(flipped)).isInstanceOf(IOException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
