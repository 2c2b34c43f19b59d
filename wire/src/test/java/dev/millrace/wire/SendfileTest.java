package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.base.TopicId;
import dev.millrace.log.records.RecordBatchBuilder;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks with strace whether records really go out by {@code sendfile}: whatever wraps the region would turn it into copies, silently. */
final class SendfileTest {

    private static final int VALUE_BYTES = 200_000;

    @TempDir
    Path directory;

    @Test
    void shouldSendLargeSlicesBySendfile() throws Exception {
        assumeTrue(Epoll.isAvailable(), "sendfile needs the epoll transport");
        try (TestDataHandlers data = new TestDataHandlers(directory)) {
            TopicId topicId = data.log().create("events", 1);
            try (WireFixture fixture = WireFixture.start(data.handlers())) {
                produce(fixture);
                // Loads what the first answer needs, so that strace sees the second in full.
                fetch(fixture, topicId);
                Path trace = directory.resolve("trace");
                Process strace = strace(trace);
                try {
                    fetch(fixture, topicId);
                    await().until(() -> Files.readString(trace).contains("sendfile("));
                } finally {
                    strace.destroy();
                    strace.waitFor();
                }
                assertThat(sentBytes(Files.readString(trace))).isGreaterThanOrEqualTo(VALUE_BYTES);
            }
        }
    }

    /** Attached to this process, or an assumption that fails: not installed, or not allowed to. */
    private static Process strace(Path trace) throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                "strace",
                "-f",
                "-e",
                "trace=sendfile",
                "-o",
                trace.toString(),
                "-p",
                "" + ProcessHandle.current().pid());
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process strace;
        try {
            strace = command.start();
        } catch (IOException e) {
            assumeTrue(false, "strace is not installed");
            throw e;
        }
        assumeTrue(!strace.waitFor(1, TimeUnit.SECONDS), "strace may not attach to this process");
        return strace;
    }

    /** The sum of what the calls returned: the number behind the last {@code = } of each line. */
    private static long sentBytes(String trace) {
        return trace.lines()
                .filter(line -> line.contains("sendfile") && line.matches(".*= \\d+$"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf("= ") + 2)))
                .sum();
    }

    private static void produce(WireFixture fixture) throws IOException {
        ByteBuffer batch = new RecordBatchBuilder()
                .add(1_000, ByteBuffer.allocate(VALUE_BYTES))
                .build();
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .add(new TopicProduceData()
                        .setName("events")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setRecords(MemoryRecords.readableRecords(batch)))));
        ProduceResponseData answer = fixture.client().call(ApiKeys.PRODUCE, (short) 12, request);
        assertThat(answer.responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .getFirst()
                        .errorCode())
                .isZero();
    }

    private static void fetch(WireFixture fixture, TopicId topicId) throws IOException {
        FetchRequestData request = new FetchRequestData()
                .setMaxBytes(10_000_000)
                .setMinBytes(1)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchTopic()
                        .setTopicId(TopicIds.toKafka(topicId))
                        .setPartitions(List.of(new FetchPartition().setPartitionMaxBytes(10_000_000)))));
        FetchResponseData answer = fixture.client().call(ApiKeys.FETCH, request);
        assertThat(answer.responses()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .records()
                        .sizeInBytes())
                .isGreaterThan(VALUE_BYTES);
    }
}
