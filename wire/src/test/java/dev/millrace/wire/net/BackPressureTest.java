package dev.millrace.wire.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.wire.Handler;
import dev.millrace.wire.RequestContext;
import dev.millrace.wire.WireClient;
import dev.millrace.wire.WireFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** What the server does when clients are slow, greedy, or silent. */
final class BackPressureTest {

    private static final short VERSION = 2;

    /** Answers when the test says so. */
    private static final class Parking implements Handler<FindCoordinatorRequestData> {

        final Queue<CompletableFuture<FindCoordinatorResponseData>> parked = new ConcurrentLinkedQueue<>();
        final AtomicInteger handled = new AtomicInteger();
        volatile boolean answersAtOnce;
        volatile int answerBytes = 10;

        @Override
        public ApiKeys key() {
            return ApiKeys.FIND_COORDINATOR;
        }

        @Override
        public short minVersion() {
            return 0;
        }

        @Override
        public short maxVersion() {
            return VERSION;
        }

        @Override
        public CompletableFuture<FindCoordinatorResponseData> handle(
                FindCoordinatorRequestData request, RequestContext context) {
            handled.incrementAndGet();
            if (answersAtOnce) {
                return CompletableFuture.completedFuture(
                        new FindCoordinatorResponseData().setHost("h".repeat(answerBytes)));
            }
            CompletableFuture<FindCoordinatorResponseData> future = new CompletableFuture<>();
            parked.add(future);
            return future;
        }
    }

    private final Parking parking = new Parking();

    private WireFixture start(int requestMaxBytes, long queuedMaxBytes, int perConnectionMax) {
        return WireFixture.start(
                List.of(parking),
                options -> options.withRequestBounds(requestMaxBytes, queuedMaxBytes, perConnectionMax));
    }

    @Test
    void shouldAnswerInTheOrderOfTheRequests() throws Exception {
        try (WireFixture fixture = start(1_000_000, 1_000_000, 10)) {
            int first = send(fixture.client(), 1);
            int second = send(fixture.client(), 1);
            int third = fixture.client().send(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
            await().until(() -> parking.parked.size() == 2);
            var slow = parking.parked.remove();
            parking.parked.remove().complete(new FindCoordinatorResponseData().setHost("second"));
            slow.complete(new FindCoordinatorResponseData().setHost("first"));
            assertThat(receive(fixture.client(), first).host()).isEqualTo("first");
            assertThat(receive(fixture.client(), second).host()).isEqualTo("second");
            ApiVersionsResponseData last = fixture.client().receive(ApiKeys.API_VERSIONS, (short) 0, third);
            assertThat(last.errorCode()).isZero();
        }
    }

    @Test
    void shouldReadNoMoreThanTheBoundOfOneConnection() throws Exception {
        try (WireFixture fixture = start(1_000_000, 10_000_000, 3)) {
            List<Integer> sent = new ArrayList<>();
            for (int n = 0; n < 20; n++) {
                sent.add(send(fixture.client(), 1));
            }
            await().until(() -> parking.handled.get() == 3);
            answerOther(fixture);
            assertThat(parking.handled.get()).isEqualTo(3);
            for (int id : sent) {
                await().until(() -> !parking.parked.isEmpty());
                parking.parked.remove().complete(new FindCoordinatorResponseData());
                receive(fixture.client(), id);
            }
        }
    }

    @Test
    void shouldStopReadingFromAClientThatReadsNoAnswers() throws Exception {
        parking.answersAtOnce = true;
        parking.answerBytes = 30_000;
        try (WireFixture fixture = start(1_000_000, 10_000_000, 1000);
                WireClient greedy = WireClient.connect(fixture.port())) {
            byte[] request = WireClient.frame(ApiKeys.FIND_COORDINATOR, VERSION, 1, request(1));
            Thread sender = Thread.ofVirtual().start(() -> sendForEver(greedy, request));
            await().pollDelay(Duration.ofMillis(500)).until(() -> isStandingStill(parking.handled));
            assertThat(fixture.server().bufferBytes()).isLessThan(8_000_000);
            answerOther(fixture);
            sender.interrupt();
        }
    }

    private static void sendForEver(WireClient client, byte[] request) {
        try {
            while (true) {
                client.sendBytes(request);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static boolean isStandingStill(AtomicInteger counter) throws InterruptedException {
        int before = counter.get();
        Thread.sleep(300);
        return before > 0 && counter.get() == before;
    }

    @Test
    void shouldBoundTheMemoryOfRequestsAndServeEverybodyInTheEnd() throws Exception {
        int sizeBytes = 400_000;
        try (WireFixture fixture = start(1_000_000, 1_000_000, 10)) {
            List<WireClient> clients = new ArrayList<>();
            List<Integer> ids = new ArrayList<>();
            for (int n = 0; n < 12; n++) {
                WireClient client = WireClient.connect(fixture.port());
                clients.add(client);
                ids.add(1);
                Thread.ofVirtual().start(() -> sendQuietly(client, sizeBytes));
            }
            await().until(() -> parking.parked.size() >= 2);
            // The bound, one frame beyond it, and the overhead of small ones.
            assertThat(fixture.server().requestMemoryBytes()).isLessThan(1_000_000 + 2 * sizeBytes);
            for (int served = 0; served < 12; served++) {
                await().until(() -> !parking.parked.isEmpty());
                assertThat(fixture.server().requestMemoryBytes()).isLessThan(1_000_000 + 2 * sizeBytes);
                parking.parked.remove().complete(new FindCoordinatorResponseData());
            }
            for (int n = 0; n < 12; n++) {
                receive(clients.get(n), ids.get(n));
                clients.get(n).close();
            }
            await().untilAsserted(() ->
                    assertThat(fixture.server().requestMemoryBytes()).isZero());
        }
    }

    private static void sendQuietly(WireClient client, int sizeBytes) {
        try {
            // The key of a group cannot be so long; padding of a raw frame can: bytes behind the body are ignored, as
            // in Kafka.
            byte[] frame = WireClient.frame(ApiKeys.FIND_COORDINATOR, VERSION, 1, request(1));
            ByteBuffer padded = ByteBuffer.allocate(sizeBytes + 4).put(frame);
            padded.putInt(0, sizeBytes);
            client.sendBytes(padded.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldChargeOnlyForBytesThatCame() throws Exception {
        try (WireFixture fixture = start(100_000_000, 200_000_000, 10)) {
            fixture.client()
                    .sendBytes(ByteBuffer.allocate(30_000).putInt(0, 90_000_000).array());
            await().until(() -> fixture.server().requestMemoryBytes() > 0);
            assertThat(fixture.server().requestMemoryBytes()).isLessThan(2_000_000);
        }
    }

    @Test
    void shouldCloseOnASizeOutOfBounds() throws Exception {
        try (WireFixture fixture = start(1_000, 1_000_000, 10)) {
            for (int sizeBytes : new int[] {-1, Integer.MIN_VALUE, 1_001, Integer.MAX_VALUE}) {
                try (WireClient client = WireClient.connect(fixture.port())) {
                    client.sendBytes(ByteBuffer.allocate(4).putInt(0, sizeBytes).array());
                    assertThat(client.isClosedByServer()).isTrue();
                }
            }
            answerOther(fixture);
        }
    }

    @Test
    void shouldReadFramesByteByByte() throws Exception {
        parking.answersAtOnce = true;
        try (WireFixture fixture = start(1_000_000, 1_000_000, 10)) {
            byte[] frame = WireClient.frame(ApiKeys.FIND_COORDINATOR, VERSION, 7, request(40));
            for (byte one : frame) {
                fixture.client().sendBytes(new byte[] {one});
            }
            assertThat(receive(fixture.client(), 7).host()).hasSize(10);
        }
    }

    @Test
    void shouldReadManyFramesOfEverySizeInOneStream() throws Exception {
        parking.answersAtOnce = true;
        try (WireFixture fixture = start(10_000_000, 100_000_000, 10)) {
            List<Integer> sizes = List.of(30, 16_000, 16_380, 16_384, 16_390, 40_000, 31, 1_200_000, 5_000_000, 33);
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int sizeBytes : sizes) {
                    sendQuietly(fixture.client(), Math.max(sizeBytes, 35));
                }
            });
            for (int ignored : sizes) {
                assertThat(receive(fixture.client(), 1).host()).hasSize(10);
            }
            sender.join();
        }
    }

    @Test
    void shouldCloseIdleConnections() throws Exception {
        try (WireFixture fixture =
                WireFixture.start(List.of(parking), options -> options.withConnectionsMaxIdleMs(10))) {
            assertThat(fixture.client().isClosedByServer()).isTrue();
        }
    }

    @Test
    void shouldAnswerWhatIsInFlightWhenItCloses() throws Exception {
        WireFixture fixture = start(1_000_000, 1_000_000, 10);
        int id = send(fixture.client(), 1);
        await().until(() -> parking.parked.size() == 1);
        Thread closer = Thread.ofVirtual().start(() -> fixture.server().close(10_000));
        parking.parked.remove().complete(new FindCoordinatorResponseData().setHost("late"));
        assertThat(receive(fixture.client(), id).host()).isEqualTo("late");
        closer.join();
        fixture.close();
    }

    private static void answerOther(WireFixture fixture) throws IOException {
        try (WireClient other = WireClient.connect(fixture.port())) {
            ApiVersionsResponseData answer = other.call(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
            assertThat(answer.errorCode()).isZero();
        }
    }

    private static FindCoordinatorRequestData request(int keyBytes) {
        return new FindCoordinatorRequestData().setKey("k".repeat(keyBytes));
    }

    private static int send(WireClient client, int keyBytes) throws IOException {
        return client.send(ApiKeys.FIND_COORDINATOR, VERSION, request(keyBytes));
    }

    private static FindCoordinatorResponseData receive(WireClient client, int id) throws IOException {
        return client.receive(ApiKeys.FIND_COORDINATOR, VERSION, id);
    }
}
