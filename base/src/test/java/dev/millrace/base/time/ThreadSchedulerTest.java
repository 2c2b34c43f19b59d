package dev.millrace.base.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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
    void shouldRunTasksInOrderOfTimeAndNoneEarly() {
        ConcurrentLinkedQueue<Long> ran = new ConcurrentLinkedQueue<>();
        long startNs = clock.monotonicNs();
        for (long delayMs : new long[] {60, 20, 40, 0, 30, -5}) {
            scheduler.schedule(delayMs, () -> {
                assertThat(clock.monotonicNs() - startNs).isGreaterThanOrEqualTo(delayMs * 1_000_000);
                ran.add(delayMs);
            });
        }
        await().until(() -> ran.size() == 6);
        assertThat(new ArrayList<>(ran).subList(2, 6)).containsExactly(20L, 30L, 40L, 60L);
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
            timers.add(scheduler.schedule(200 + i % 7, ran::incrementAndGet));
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
        scheduler.schedule(30, ran::incrementAndGet);
        scheduler.close();
        scheduler.schedule(0, ran::incrementAndGet).cancel();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals("scheduler")));
        assertThat(ran).hasValue(0);
    }

    @Test
    void shouldStartNoThreadBeforeTheFirstTask() {
        try (ThreadScheduler idle = new ThreadScheduler(clock)) {
            assertThat(idle).isNotNull();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(t -> t.getName().equals("scheduler"));
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
}
