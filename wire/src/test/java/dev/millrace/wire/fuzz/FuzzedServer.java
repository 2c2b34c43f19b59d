package dev.millrace.wire.fuzz;

import dev.millrace.base.TopicId;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.time.ThreadScheduler;
import dev.millrace.control.metadata.TopicImage;
import dev.millrace.control.port.LocalControl;
import dev.millrace.wire.AdminHandlers;
import dev.millrace.wire.H71_GetTelemetrySubscriptions;
import dev.millrace.wire.H72_PushTelemetry;
import dev.millrace.wire.Handler;
import dev.millrace.wire.LoggerLevels;
import dev.millrace.wire.TelemetryReceiver;
import dev.millrace.wire.TestDataHandlers;
import dev.millrace.wire.WireFixture;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * What is fuzzed: the network server with the real handlers of data, topics and configurations over the real log and metadata, in memory. One
 * of its topics gives records its own time, another compresses anew, and so opens what clients have compressed. What would create
 * or delete topics without end only reads its requests, and so do the APIs of groups, which other tests fuzz.
 */
final class FuzzedServer implements AutoCloseable {

    private static final Set<ApiKeys> ONLY_READ =
            Set.of(ApiKeys.METADATA, ApiKeys.CREATE_TOPICS, ApiKeys.CREATE_PARTITIONS, ApiKeys.DELETE_TOPICS);
    private static final int REQUEST_MAX_BYTES = 1_000_000;
    /** The smallest that there is, so that what is let go of is soon gone. */
    private static final String SEGMENT_BYTES = "1048576";

    private static final int MEMORY_BYTES = 16_000_000;

    private final LocalControl control = LocalControl.inMemory();
    private final ThreadScheduler scheduler = new ThreadScheduler(new SystemClock());
    private final List<TopicImage> topics = List.of(
            topic("events", "compression.type", "producer"),
            topic("stamped", "message.timestamp.type", "LogAppendTime"),
            topic("other", "compression.type", "lz4"));
    private final WireFixture fixture;

    FuzzedServer() {
        List<Handler<?>> handlers = new ArrayList<>();
        for (Handler<?> handler : real()) {
            if (!ONLY_READ.contains(handler.key())) {
                handlers.add(handler);
            }
        }
        for (ApiKeys key : ApiKeys.clientApis()) {
            boolean served = key == ApiKeys.API_VERSIONS || handlers.stream().anyMatch(each -> each.key() == key);
            if (!served && key.hasValidVersion()) {
                handlers.add(new RefusingHandler(key));
            }
        }
        fixture =
                WireFixture.start(handlers, options -> options.withRequestBounds(REQUEST_MAX_BYTES, MEMORY_BYTES, 32));
    }

    private TopicImage topic(String name, String key, String value) {
        return control.createTopic(name, 3, Map.of(key, value, "segment.bytes", SEGMENT_BYTES));
    }

    private List<Handler<?>> real() {
        List<Handler<?>> handlers =
                new ArrayList<>(TestDataHandlers.over(control.port(), scheduler, control.metadata()::next));
        handlers.addAll(AdminHandlers.of(
                control.metadata(),
                control.port(),
                control.files(),
                Path.of(System.getProperty("java.io.tmpdir")),
                control.waiting(),
                LoggerLevels.NONE,
                control.clock()));
        handlers.add(new H71_GetTelemetrySubscriptions(TelemetryReceiver.NOBODY, UUID::randomUUID));
        handlers.add(new H72_PushTelemetry(TelemetryReceiver.NOBODY));
        return handlers;
    }

    WireFixture wire() {
        return fixture;
    }

    /** The ids of its topics, of none, and of one that is not there. */
    List<byte[]> topicIds() {
        List<byte[]> ids = new ArrayList<>();
        ids.add(bytes(TopicId.ZERO));
        ids.add(bytes(new TopicId(1, 2)));
        topics.forEach(topic -> ids.add(bytes(topic.id())));
        return ids;
    }

    private static byte[] bytes(TopicId id) {
        return ByteBuffer.allocate(16)
                .putLong(id.mostSignificantBits())
                .putLong(id.leastSignificantBits())
                .array();
    }

    /** Lets go of all records, as retention would, and of the segment that they stand in, so that the run may take as long as it wants. */
    void shed() {
        for (TopicImage topic : topics) {
            for (int partition = 0; partition < topic.partitionsCount(); partition++) {
                // One that nobody has used yet has no log.
                control.metadata().logs().find(topic.partition(partition)).ifPresent(log -> {
                    log.roll().join();
                    log.deleteRecords(-1).join();
                });
            }
        }
    }

    @Override
    public void close() {
        fixture.close();
        scheduler.close();
        control.close();
    }
}
