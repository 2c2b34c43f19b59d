package dev.millrace.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class AgentRunnerTest {

    /** One producer at a time waits for its answer, so a lost wake-up hangs the test; the pauses hit every moment of falling asleep. */
    @Test
    @Timeout(60)
    void shouldLoseNoWakeUp() throws InterruptedException {
        Mailbox mailbox = new Mailbox();
        try (AgentRunner runner = new AgentRunner(mailbox).start()) {
            for (int i = 1; i <= 30_000; i++) {
                mailbox.queue.add(i);
                runner.wake();
                while (mailbox.handled.get() < i) {
                    Thread.onSpinWait();
                }
                for (int pause = 0; pause < i % 500; pause++) {
                    Thread.onSpinWait();
                }
            }
        }
        assertThat(mailbox.handled).hasValue(30_000);
    }

    @Test
    @Timeout(60)
    void shouldLoseNoWakeUpOfManyThatRace() throws InterruptedException {
        Mailbox mailbox = new Mailbox();
        int wakersCount = 4;
        int rounds = 5_000;
        try (AgentRunner runner = new AgentRunner(mailbox).start()) {
            Thread[] wakers = new Thread[wakersCount];
            for (int w = 0; w < wakersCount; w++) {
                wakers[w] = Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < rounds; i++) {
                        CountDownLatch answered = new CountDownLatch(1);
                        mailbox.queue.add(answered);
                        runner.wake();
                        awaitUninterrupted(answered);
                    }
                });
            }
            for (Thread waker : wakers) {
                waker.join();
            }
        }
        assertThat(mailbox.handled).hasValue(wakersCount * rounds);
    }

    @Test
    @Timeout(60)
    void shouldLoseNothingWhenManyBorrowTheAgentAndWakeIt() throws InterruptedException {
        Borrowable mailbox = new Borrowable();
        int borrowersCount = 4;
        int rounds = 20_000;
        try (AgentRunner runner = new AgentRunner(mailbox).start()) {
            Thread[] borrowers = new Thread[borrowersCount];
            for (int b = 0; b < borrowersCount; b++) {
                int own = b;
                borrowers[b] = Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < rounds; i++) {
                        CountDownLatch answered = new CountDownLatch(1);
                        mailbox.queue.add(answered);
                        if ((i + own) % 3 == 0) {
                            runner.wake();
                        } else {
                            runner.wakeOrRun();
                        }
                        awaitUninterrupted(answered);
                    }
                });
            }
            for (Thread borrower : borrowers) {
                borrower.join();
            }
        }
        assertThat(mailbox.handled).hasValue(borrowersCount * rounds);
        assertThat(mailbox.overlaps).hasValue(0);
    }

    @Test
    void shouldDoBriefWorkOnTheThreadOfWhoeverAsks() {
        Borrowable mailbox = new Borrowable();
        try (AgentRunner runner = new AgentRunner(mailbox).start()) {
            await().until(() -> {
                mailbox.queue.add("brief");
                runner.wakeOrRun();
                return mailbox.lastBorrower == Thread.currentThread();
            });
            assertThat(mailbox.queue).isEmpty();
        }
    }

    @Test
    void shouldLeaveToTheAgentsThreadWhatIsNotBrief() {
        Mailbox mailbox = new Mailbox();
        try (AgentRunner runner = new AgentRunner(mailbox).start()) {
            for (int i = 1; i <= 100; i++) {
                mailbox.queue.add(i);
                runner.wakeOrRun();
                int expected = i;
                await().until(() -> mailbox.handled.get() == expected);
            }
        }
    }

    @Test
    void shouldEndWhenTheAgentThrowsWhileItIsBorrowed() {
        Mailbox mailbox = new Mailbox() {
            @Override
            public int doBriefWork() {
                throw new IllegalStateException("the test's own");
            }
        };
        AgentRunner runner = new AgentRunner(mailbox).start();
        await().until(() -> {
            runner.wakeOrRun();
            return !runner.isAlive();
        });
        assertThat(mailbox.closed).hasValue(1);
    }

    @Test
    void shouldNotRunWhileThereIsNothingToDo() throws InterruptedException {
        AtomicLong cycles = new AtomicLong();
        Agent idle = new Mailbox() {
            @Override
            public int doWork() {
                cycles.incrementAndGet();
                return super.doWork();
            }
        };
        try (AgentRunner runner = new AgentRunner(idle).start()) {
            await().until(() -> cycles.get() >= 2);
            Thread.sleep(50); // Only time can show that nothing happens.
            assertThat(cycles.get()).isLessThanOrEqualTo(4);
            assertThat(runner.isAlive()).isTrue();
        }
    }

    @Test
    void shouldFinishWhatIsQueuedBeforeItEnds() {
        Mailbox mailbox = new Mailbox();
        for (int i = 0; i < 1000; i++) {
            mailbox.queue.add(i);
        }
        AgentRunner runner = new AgentRunner(mailbox).start();
        runner.close();
        runner.close();
        runner.wake();
        assertThat(mailbox.handled).hasValue(1000);
        assertThat(mailbox.closed).hasValue(1);
        assertThat(runner.isAlive()).isFalse();
    }

    @Test
    void shouldEndWhenTheAgentThrows() {
        Mailbox mailbox = new Mailbox() {
            @Override
            public int doWork() {
                throw new IllegalStateException("the test's own");
            }
        };
        AgentRunner runner = new AgentRunner(mailbox).start();
        await().until(() -> !runner.isAlive());
        assertThat(mailbox.closed).hasValue(1);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All of its work is brief. */
    private static final class Borrowable extends Mailbox {

        final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private volatile Thread lastBorrower = new Thread();

        @Override
        public int doWork() {
            return alone();
        }

        @Override
        public int doBriefWork() {
            int done = alone();
            if (done > 0) {
                lastBorrower = Thread.currentThread();
            }
            return done;
        }

        private int alone() {
            if (running.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
            }
            int done = super.doWork();
            running.decrementAndGet();
            return done;
        }
    }

    /** Takes one thing a cycle, so that it falls asleep as often as it can. */
    private static class Mailbox implements Agent {

        final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
        final AtomicInteger handled = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public String name() {
            return "mailbox";
        }

        @Override
        public int doWork() {
            Object item = queue.poll();
            if (item == null) {
                return 0;
            }
            handled.incrementAndGet();
            if (item instanceof CountDownLatch latch) {
                latch.countDown();
            }
            return 1;
        }

        @Override
        public void onClose() {
            closed.incrementAndGet();
        }
    }
}
