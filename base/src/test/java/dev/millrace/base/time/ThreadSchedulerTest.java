package dev.millrace.base.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ThreadSchedulerTest {

    private final Clock clock = new SystemClock();
    private final ThreadScheduler scheduler = new ThreadScheduler(clock);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void shouldRunTasksInOrderOfTime() {
        AtomicLong nowNs = new AtomicLong();
        Clock stopped = new Clock() {
            @Override
            public long wallMs() {
                return 0;
            }

            @Override
            public long monotonicNs() {
                return nowNs.get();
            }
        };
        ConcurrentLinkedQueue<Long> ran = new ConcurrentLinkedQueue<>();
        try (ThreadScheduler ordered = new ThreadScheduler(stopped)) {
            for (long delayMs : new long[] {60, 20, 40, 30, 50}) {
                ordered.schedule(delayMs, () -> ran.add(delayMs));
            }
            nowNs.set(100_000_000);
            ordered.schedule(0, () -> {}); // Makes it look at the clock.
            await().until(() -> ran.size() == 5);
        }
        assertThat(ran).containsExactly(20L, 30L, 40L, 50L, 60L);
    }

    @Test
    void shouldRunNoTaskEarly() {
        ConcurrentLinkedQueue<Long> earlyNs = new ConcurrentLinkedQueue<>();
        AtomicInteger ran = new AtomicInteger();
        for (long delayMs : new long[] {60, 20, 0, 30, -5}) {
            long dueNs = clock.monotonicNs() + delayMs * 1_000_000;
            scheduler.schedule(delayMs, () -> {
                if (clock.monotonicNs() < dueNs) {
                    earlyNs.add(dueNs);
                }
                ran.incrementAndGet();
            });
        }
        await().until(() -> ran.get() == 5);
        assertThat(earlyNs).isEmpty();
    }

    @Test
    void shouldWakeForATaskThatIsDueBeforeTheOthers() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        scheduler.schedule(600_000, () -> {});
        scheduler.schedule(Long.MAX_VALUE, () -> {});
        scheduler.schedule(5, ran::countDown);
        ran.await();
    }

    @Test
    void shouldNotRunWhatWasCancelled() {
        AtomicInteger ran = new AtomicInteger();
        List<Scheduler.Scheduled> timers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            timers.add(scheduler.schedule(600 + i % 7, ran::incrementAndGet));
        }
        for (int i = 0; i < 1000; i += 2) {
            timers.get(i).cancel();
            timers.get(i).cancel();
        }
        await().until(() -> ran.get() >= 500);
        AtomicInteger last = new AtomicInteger();
        scheduler.schedule(20, last::incrementAndGet);
        await().until(() -> last.get() == 1);
        assertThat(ran).hasValue(500);
    }

    @Test
    void shouldSurviveATaskThatThrows() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        scheduler.schedule(0, () -> {
            throw new IllegalStateException("the test's own");
        });
        scheduler.schedule(1, ran::countDown);
        ran.await();
    }

    @Test
    void shouldRunNothingAfterClose() {
        AtomicInteger ran = new AtomicInteger();
        scheduler.schedule(60_000, ran::incrementAndGet);
        scheduler.close();
        scheduler.schedule(0, ran::incrementAndGet).cancel();
        await().until(() -> !isSchedulerRunning());
        assertThat(ran).hasValue(0);
    }

    @Test
    void shouldStartNoThreadBeforeTheFirstTask() {
        await().until(() -> !isSchedulerRunning()); // That of another test may still be ending.
        try (ThreadScheduler idle = new ThreadScheduler(clock)) {
            assertThat(isSchedulerRunning()).isFalse();
            idle.schedule(60_000, () -> {});
            assertThat(isSchedulerRunning()).isTrue();
        }
    }

    @Test
    void shouldKeepTheHeapInOrder() {
        Random random = new Random(3);
        TimerHeap heap = new TimerHeap();
        List<ThreadScheduler.Timer> timers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (timers.isEmpty() || random.nextInt(5) > 1) {
                ThreadScheduler.Timer timer = new ThreadScheduler.Timer(scheduler, random.nextInt(1000), () -> {});
                timers.add(timer);
                heap.add(timer);
            } else {
                heap.remove(timers.remove(random.nextInt(timers.size())));
            }
        }
        timers.sort((a, b) -> Long.compare(a.dueNs, b.dueNs));
        for (ThreadScheduler.Timer expected : timers) {
            ThreadScheduler.Timer first = heap.first();
            assertThat(first).isNotNull();
            assertThat(first.dueNs).isEqualTo(expected.dueNs);
            heap.remove(first);
        }
        assertThat(heap.first()).isNull();
    }

    private static boolean isSchedulerRunning() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("scheduler"));
    }
}
