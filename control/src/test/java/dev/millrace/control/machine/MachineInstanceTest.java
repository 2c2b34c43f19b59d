package dev.millrace.control.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.base.AgentHost;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.Scheduler;
import dev.millrace.control.machine.CounterMachine.Command;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MachineInstanceTest {

    private final SimulatedMachineLog log = new SimulatedMachineLog();
    private final Random random = new Random(1);
    private final Clock clock = new Clock() {
        @Override
        public long wallMs() {
            return 1_000;
        }

        @Override
        public long monotonicNs() {
            return 1_000_000_000;
        }
    };
    private final MachineRuntime runtime =
            new MachineRuntime(clock, new NoTimers(), Runnable::run, AgentHost.threads(), 1);
    private final MachineInstance<Command> instance = runtime.open(CounterMachine::new, log, MachineOptions.DEFAULT);

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void shouldAnswerOnlyWhenTheFactIsDurable() throws Exception {
        instance.leading().get();
        CompletableFuture<Long> answer = instance.ask(reply -> new Command.Increment(List.of("a"), reply));
        await().until(() -> log.step(random));
        CompletableFuture<Long> read = instance.ask(reply -> new Command.Read("a", reply));
        assertThat(answer).isNotDone();
        assertThat(read).isNotDone();
        await().until(() -> log.step(random));
        assertThat(answer.get()).isEqualTo(1);
        assertThat(read.get()).isEqualTo(1);
    }

    @Test
    void shouldFenceItselfWhenABatchIsLost() throws Exception {
        instance.leading().get();
        CompletableFuture<String> parked = instance.ask(Command.Park::new);
        CompletableFuture<Long> answer = instance.ask(reply -> new Command.Increment(List.of("a"), reply));
        await().until(() -> log.step(random));
        log.loseNext();
        assertUnavailable(answer);
        assertUnavailable(parked);
        assertThat(instance.fenced()).isTrue();
        assertUnavailable(instance.<Long>ask(reply -> new Command.Read("a", reply)));
    }

    @Test
    void shouldFenceItselfWhenTheMachineThrows() throws Exception {
        instance.leading().get();
        CompletableFuture<String> parked = instance.ask(Command.Park::new);
        instance.submit(new Command.Break());
        assertUnavailable(parked);
        assertThat(instance.fenced()).isTrue();
    }

    @Test
    void shouldFinishWhatIsInFlightWhenItCloses() throws Exception {
        instance.leading().get();
        CompletableFuture<Long> answer = instance.ask(reply -> new Command.Increment(List.of("a"), reply));
        CompletableFuture<String> parked = instance.ask(Command.Park::new);
        instance.close();
        await().until(() -> log.step(random));
        assertThat(instance.closed()).isNotDone();
        await().until(() -> log.step(random));
        assertThat(answer.get()).isEqualTo(1);
        assertUnavailable(parked);
        instance.closed().get();
        assertThat(instance.fenced()).isFalse();
    }

    private static void assertUnavailable(CompletableFuture<?> future) {
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE));
    }

    private static final class NoTimers implements Scheduler {
        @Override
        public Scheduled schedule(long delayMs, Runnable task) {
            return () -> {};
        }

        @Override
        public void close() {}
    }
}
