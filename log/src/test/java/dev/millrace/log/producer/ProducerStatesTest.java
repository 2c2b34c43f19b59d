package dev.millrace.log.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.records.ControlRecord;
import dev.millrace.log.records.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {

    private static final long PRODUCER = 7;
    private static final long NOT_FOUND = -1;

    private final ProducerStates states = new ProducerStates();

    @Test
    void shouldRecogniseARepetitionOfAnyOfTheLastFiveBatchesAndOfNoOther() {
        for (int i = 0; i < 6; i++) {
            states.append(batch(0, 2 * i, 2, 100 + 2L * i), 0);
        }
        assertThat(placeOf(states, batch(0, 0, 2, 0))).isEqualTo(NOT_FOUND);
        for (int i = 1; i < 6; i++) {
            assertThat(placeOf(states, batch(0, 2 * i, 2, 0))).isEqualTo(100 + 2 * i);
        }
        assertThat(placeOf(states, batch(0, 2, 1, 0))).isEqualTo(NOT_FOUND);
        assertThat(placeOf(states, batch(1, 2, 2, 0))).isEqualTo(NOT_FOUND);
    }

    @Test
    void shouldRefuseAGapAndAnOldEpochAndAnEpochThatDoesNotBeginAtZero() {
        states.append(batch(1, 0, 3, 0), 0);
        assertThatCode(() -> states.check(batch(1, 3, 1, 0), false)).doesNotThrowAnyException();
        assertThatCode(() -> states.check(batch(2, 0, 1, 0), false)).doesNotThrowAnyException();
        assertThatThrownBy(() -> states.check(batch(1, 4, 1, 0), false))
                .hasMessageContaining("the last sequence was 2");
        assertThatThrownBy(() -> states.check(batch(0, 3, 1, 0), false)).hasMessageContaining("epoch 1 has been seen");
        assertThatThrownBy(() -> states.check(batch(2, 3, 1, 0), false)).hasMessageContaining("begins with sequence 0");
    }

    @Test
    void shouldGoOnAtZeroBehindTheLastSequenceThatThereIs() {
        states.append(batch(0, Integer.MAX_VALUE - 1, 2, 0), 0);
        assertThatCode(() -> states.check(batch(0, 0, 1, 0), false)).doesNotThrowAnyException();
        states.append(batch(0, 0, 1, 2), 0);
        assertThat(placeOf(states, batch(0, Integer.MAX_VALUE - 1, 2, 0))).isZero();
    }

    @Test
    void shouldLetAProducerThatNobodyRemembersBeginAnywhere() {
        assertThatCode(() -> states.check(batch(0, 12_345, 1, 0), false)).doesNotThrowAnyException();
        states.append(batch(0, 0, 1, 0), 0);
        assertThat(states.expire(1_000_000, 1_000)).isEqualTo(1);
        assertThat(states.producersCount()).isZero();
        assertThatCode(() -> states.check(batch(0, 12_345, 1, 0), false)).doesNotThrowAnyException();
    }

    @Test
    void shouldComeBackFromASnapshotWithTheWholeWindow() throws IOException {
        for (int i = 0; i < 7; i++) {
            states.append(batch(3, i, 1, i), 0);
        }
        ProducerStates loaded = new ProducerStates();
        loaded.load(states.toSnapshot());
        for (int i = 2; i < 7; i++) {
            assertThat(placeOf(loaded, batch(3, i, 1, 0))).isEqualTo(i);
        }
        assertThatThrownBy(() -> loaded.check(batch(3, 8, 1, 0), false))
                .hasMessageContaining("the last sequence was 6");
    }

    @Test
    void shouldRefuseADamagedSnapshotAndStayAsItIs() {
        states.append(batch(0, 0, 1, 5), 0);
        byte[] snapshot = states.toSnapshot();
        for (int position = 0; position < snapshot.length; position++) {
            byte[] damaged = snapshot.clone();
            damaged[position] ^= 1;
            assertThatThrownBy(() -> states.load(damaged)).isInstanceOf(IOException.class);
        }
        assertThat(placeOf(states, batch(0, 0, 1, 0))).isEqualTo(5);
    }

    /** Rows of 46 bytes, written down by hand; the CRC was computed elsewhere. */
    @Test
    void shouldWriteAndReadTheRowsOfKafka() throws IOException {
        String golden = "0001" + "c7ae54c0" + "00000003"
                + "0000000000000007" + "0001" + "00000001" + "000000000000000b" + "00000001" + "00000000000003e8"
                + "ffffffff" + "000000000000000a"
                + "0000000000000007" + "0001" + "00000002" + "000000000000000c" + "00000000" + "00000000000003e9"
                + "ffffffff" + "000000000000000a"
                + "0000000000000008" + "0003" + "ffffffff" + "ffffffffffffffff" + "00000000" + "00000000000003ea"
                + "00000005" + "ffffffffffffffff";
        states.append(transactional(0, 2, 10, 1_000), 0);
        states.append(transactional(2, 1, 12, 1_001), 0);
        RecordBatchBuilder marker = new RecordBatchBuilder()
                .baseOffset(13)
                .producer(8, (short) 3, -1)
                .transactional(true)
                .control(true);
        states.append(ControlRecord.endOfTransaction(marker, true, 5, 1_002), 0);
        assertThat(HexFormat.of().formatHex(states.toSnapshot())).isEqualTo(golden);

        ProducerStates loaded = new ProducerStates();
        loaded.load(HexFormat.of().parseHex(golden));
        assertThat(loaded.describe()).containsExactlyInAnyOrderElementsOf(states.describe());
        assertThat(loaded.undecided().firstOffset()).isEqualTo(10);
    }

    private static ByteBuffer transactional(int baseSequence, int recordsCount, long baseOffset, long timestampMs) {
        RecordBatchBuilder builder = new RecordBatchBuilder()
                .baseOffset(baseOffset)
                .producer(PRODUCER, (short) 1, baseSequence)
                .transactional(true);
        for (int i = 0; i < recordsCount; i++) {
            builder.add(timestampMs, ByteBuffer.allocate(10));
        }
        return builder.build();
    }

    /** The base offset of the original of which this is a repetition. */
    private static long placeOf(ProducerStates producers, ByteBuffer batch) {
        return producers.findOriginal(batch, 0).map(RememberedBatch::baseOffset).orElse(NOT_FOUND);
    }

    private static ByteBuffer batch(int epoch, int baseSequence, int recordsCount, long baseOffset) {
        RecordBatchBuilder builder =
                new RecordBatchBuilder().baseOffset(baseOffset).producer(PRODUCER, (short) epoch, baseSequence);
        for (int i = 0; i < recordsCount; i++) {
            builder.add(1_000, ByteBuffer.allocate(10));
        }
        return builder.build();
    }
}
