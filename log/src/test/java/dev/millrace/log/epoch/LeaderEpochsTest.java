package dev.millrace.log.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {

    private static final LeaderEpochs EPOCHS =
            LeaderEpochs.EMPTY.begun(0, 0).begun(3, 10).begun(5, 20);

    @Test
    void shouldBeginEpochsInOrderAndForgetThoseWithoutRecords() {
        assertThat(LeaderEpochs.EMPTY.latest()).isEqualTo(-1);
        assertThat(EPOCHS.latest()).isEqualTo(5);
        assertThat(EPOCHS.begun(4, 30)).isSameAs(EPOCHS);
        assertThat(EPOCHS.begun(6, 20)).hasToString("{0=0, 3=10, 6=20}");
    }

    @Test
    void shouldForgetWhatIsCutOffAtTheEnd() {
        assertThat(EPOCHS.truncatedTo(21)).isSameAs(EPOCHS);
        assertThat(EPOCHS.truncatedTo(20)).hasToString("{0=0, 3=10}");
        assertThat(EPOCHS.truncatedTo(0)).hasToString("{}");
    }

    @Test
    void shouldMoveTheEpochOfTheFirstOffsetWithTheStartOfTheLog() {
        assertThat(EPOCHS.startingAt(0)).isSameAs(EPOCHS);
        assertThat(EPOCHS.startingAt(5)).hasToString("{0=5, 3=10, 5=20}");
        assertThat(EPOCHS.startingAt(10)).hasToString("{3=10, 5=20}");
        assertThat(EPOCHS.startingAt(100)).hasToString("{5=100}");
    }

    @Test
    void shouldComeBackFromItsCheckpoint() throws IOException {
        assertThat(new String(EPOCHS.toCheckpoint(), StandardCharsets.UTF_8)).isEqualTo("0\n3\n0 0\n3 10\n5 20\n");
        assertThat(LeaderEpochs.parse(EPOCHS.toCheckpoint())).hasToString(EPOCHS.toString());
        assertThat(LeaderEpochs.parse(LeaderEpochs.EMPTY.toCheckpoint()).latest())
                .isEqualTo(-1);
    }

    @Test
    void shouldRefuseADamagedCheckpoint() {
        for (String damaged :
                List.of("", "0\n", "1\n0\n", "0\n2\n0 0\n", "0\n1\nx 0\n", "0\n1\n0\n", "0\n2\n0 9\n1 3\n")) {
            assertThatThrownBy(() -> LeaderEpochs.parse(damaged.getBytes(StandardCharsets.UTF_8)))
                    .as(damaged)
                    .isInstanceOf(IOException.class);
        }
    }
}
