package dev.millrace.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class ProcessStatsTest {
    @Test
    void shouldReadWhatTheKernelSaysAboutThisProcess() {
        ProcessStats stats = new ProcessStats(ProcessHandle.current().pid());

        assertThat(stats.cpuSeconds()).isPositive();
        assertThat(stats.residentSizeBytes()).isGreaterThan(1 << 20);
        assertThat(stats.threadsCount()).isGreaterThan(1);
    }

    @Test
    void shouldSayThatAProcessIsNotRunning() {
        assertThatThrownBy(() -> ProcessStats.NONE.cpuSeconds())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("not running");
    }

    @Test
    void shouldSeeThatNobodyAnswersOnAFreePort() {
        assertThat(MetadataProbe.answers(Machine.freePort())).isFalse();
    }
}
