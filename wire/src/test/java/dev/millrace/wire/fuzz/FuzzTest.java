package dev.millrace.wire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.wire.WireClient;
import dev.millrace.wire.WireFixture;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Hostile requests by the hundred thousand: the server stays alive, others are answered meanwhile, and all memory comes back.
 *
 * <p>{@code -Dmillrace.fuzz.requests=10000000} is the long form; {@code -Dmillrace.seed=S} repeats a run.
 */
final class FuzzTest {

    private static final int THREADS = 2;
    private static final long OTHERS_BOUND_MS = 10_000;
    /** What is made once, and kept, is made before the run that counts. */
    private static final int WARM_UP_REQUESTS = 5_000;

    private static final long GROWTH_MAX_BYTES = 32_000_000;
    /** Ten a second tell of closed connections; the rest is what else an operator may want to know. */
    private static final long LINES_PER_SECOND_MAX = 15;

    private static final int SHED_EVERY_MS = 2_000;

    private final FuzzedServer server = new FuzzedServer();
    private final WireFixture fixture = server.wire();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        rootLogger().addAppender(logged);
    }

    @AfterEach
    void stop() {
        rootLogger().detachAppender(logged);
        server.close();
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void shouldSurviveHostileRequests() throws Exception {
        long count = Long.getLong("millrace.fuzz.requests", 100_000);
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.println("fuzz: repeat with -Dmillrace.seed=" + seed + " -Dmillrace.fuzz.requests=" + count);
        fuzz(seed - 1, WARM_UP_REQUESTS);
        server.shed();
        long heapBefore = usedHeapBytes();
        long directBefore = directBytes();
        long startNs = System.nanoTime();
        long worstMs = fuzz(seed, count);
        long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
        assertThat(worstMs).as("others are answered within this, ms").isLessThan(OTHERS_BOUND_MS);
        assertThatAllMemoryIsBack();
        server.shed();
        List<ILoggingEvent> lines = List.copyOf(logged.list);
        logged.list.clear();
        assertThat(lines).as("lines of the log").hasSizeLessThan((int)
                Math.min(100_000, LINES_PER_SECOND_MAX * seconds));
        assertThat(lines.stream().filter(line -> line.getLevel() == Level.ERROR).map(FuzzTest::withCause))
                .as("what is logged as a defect")
                .isEmpty();
        // Segments that were let go of are there until the next checkpoint.
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    long heapGrowth = usedHeapBytes() - heapBefore;
                    long directGrowth = directBytes() - directBefore;
                    System.out.printf(
                            "fuzz: heap grew by %d bytes, direct memory by %d; %d lines logged%n",
                            heapGrowth, directGrowth, lines.size());
                    assertThat(heapGrowth).isLessThan(GROWTH_MAX_BYTES);
                    assertThat(directGrowth).isLessThan(GROWTH_MAX_BYTES);
                });
    }

    @Test
    void shouldLeakNoBuffer() throws Exception {
        ListAppender<ILoggingEvent> leaks = new ListAppender<>();
        Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        leaks.start();
        detector.addAppender(leaks);
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        try {
            fuzz(42, 4_000);
            assertThatAllMemoryIsBack();
            System.gc();
            fuzz(43, 500);
            assertThat(leaks.list).isEmpty();
        } finally {
            ResourceLeakDetector.setLevel(before);
            detector.detachAppender(leaks);
        }
    }

    /** Returns the longest time, ms, that a well-behaved client waited for an answer. */
    private long fuzz(long seed, long count) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong worstMs = new AtomicLong();
        Payloads payloads = new Payloads();
        long startNs = System.nanoTime();
        List<Fuzzer> fuzzers = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = new ArrayList<>();
            for (int n = 0; n < THREADS; n++) {
                Fuzzer fuzzer = new Fuzzer(fixture.port(), seed + n, keys(), server.topicIds(), payloads);
                fuzzers.add(fuzzer);
                running.add(threads.submit(() -> {
                    fuzzer.run(count / THREADS);
                    return null;
                }));
            }
            Future<?> other = threads.submit(() -> {
                behaveWell(over, worstMs);
                return null;
            });
            for (Future<?> future : running) {
                future.get();
            }
            over.set(true);
            other.get();
        }
        long sent = fuzzers.stream().mapToLong(Fuzzer::sent).sum();
        System.out.printf(
                "fuzz: %d requests, %d answered, %d connections closed by the server, %d requests/s, others waited at"
                        + " most %d ms%n",
                sent,
                fuzzers.stream().mapToLong(Fuzzer::answered).sum(),
                fuzzers.stream().mapToLong(Fuzzer::closedByServer).sum(),
                sent * 1_000_000_000L / Math.max(1, System.nanoTime() - startNs),
                worstMs.get());
        return worstMs.get();
    }

    private void behaveWell(AtomicBoolean over, AtomicLong worstMs) throws Exception {
        try (WireClient client = WireClient.connect(fixture.port())) {
            long shedNs = System.nanoTime();
            while (!over.get()) {
                long beganNs = System.nanoTime();
                ApiVersionsResponseData answer =
                        client.call(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
                assertThat(answer.errorCode()).isZero();
                worstMs.accumulateAndGet((System.nanoTime() - beganNs) / 1_000_000, Math::max);
                if (System.nanoTime() - shedNs > TimeUnit.MILLISECONDS.toNanos(SHED_EVERY_MS)) {
                    server.shed();
                    shedNs = System.nanoTime();
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    private void assertThatAllMemoryIsBack() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(fixture.server().connections()).isEqualTo(1);
            assertThat(fixture.server().requestMemoryBytes()).isZero();
            assertThat(fixture.server().bufferBytes()).isZero();
        });
    }

    private static List<ApiKeys> keys() {
        List<ApiKeys> keys = new ArrayList<>();
        for (ApiKeys key : ApiKeys.clientApis()) {
            // Kafka's own classes refuse most values of the ACL requests, so that not even an error could be answered.
            if (key.hasValidVersion() && !key.name().endsWith("_ACLS")) {
                keys.add(key);
            }
        }
        // The data path is where most code reads what clients send.
        for (int n = 0; n < 8; n++) {
            keys.addAll(List.of(ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.LIST_OFFSETS, ApiKeys.OFFSET_FOR_LEADER_EPOCH));
        }
        return keys;
    }

    private static Logger rootLogger() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** Outside the heap: buffers of NIO, where Netty's memory is too. */
    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static String withCause(ILoggingEvent line) {
        return line.getThrowableProxy() == null
                ? line.toString()
                : line + "\n" + ThrowableProxyUtil.asString(line.getThrowableProxy());
    }

    private static long usedHeapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
