package dev.millrace.control.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.control.machine.CounterMachine.Command;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MachineHarnessTest {

    private final MachineHarness<Command> harness = new MachineHarness<>(CounterMachine::new);

    @Test
    void shouldAnswerAtOnce() {
        assertThat(harness.<Long>ask(reply -> new Command.Increment(List.of("a"), reply)))
                .isCompletedWithValue(1L);
    }

    @Test
    void shouldRunTimersInVirtualTime() {
        CompletableFuture<String> parked = harness.ask(Command.Park::new);
        harness.submit(new Command.Later("t", 1_000, "replaced"));
        harness.submit(new Command.Later("t", 2_000, "released"));
        harness.submit(new Command.Later("u", 1_500, "cancelled"));
        harness.submit(new Command.Cancel("u"));
        harness.advanceMs(1_999);
        assertThat(parked).isNotDone();
        harness.advanceMs(1);
        assertThat(parked).isCompletedWithValue("released");
    }

    @Test
    void shouldKeepHardStateAndLoseSoftStateWhenItRestarts() {
        var _ = harness.<Long>ask(reply -> new Command.Increment(List.of("a"), reply));
        CompletableFuture<String> parked = harness.ask(Command.Park::new);
        harness.restart();
        assertThat(parked).isCompletedExceptionally();
        assertThat(harness.<Long>ask(reply -> new Command.Read("a", reply))).isCompletedWithValue(1L);
        harness.restartWithSnapshotBehindFacts();
        harness.restartFromSnapshot();
        assertThat(harness.<Long>ask(reply -> new Command.Read("a", reply))).isCompletedWithValue(1L);
        assertThat(harness.facts()).hasSize(1);
    }
}
