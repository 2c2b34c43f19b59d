package dev.millrace.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records to one topic: idempotent, acknowledged by all, in batches. One thread sends; {@link #acknowledgedCount()} may be read by any.
 *
 * <p>The first record that cannot be written ends the sink: the next call throws what happened to it.
 */
public final class RecordSink implements AutoCloseable {

    private static final int UNKNOWN_TOPIC_TIMEOUT_MS = 10_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final String bootstrap;
    private final AtomicLong acknowledgedCount = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private RecordSink(KafkaProducer<byte[], byte[]> producer, String topic, String bootstrap) {
        this.producer = producer;
        this.topic = topic;
        this.bootstrap = bootstrap;
    }

    static RecordSink open(String topic, KafkaCluster cluster) {
        Map<String, Object> settings = cluster.clientSettings();
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("linger.ms", 5);
        settings.put("batch.size", 64 << 10);
        settings.put("max.block.ms", (long) UNKNOWN_TOPIC_TIMEOUT_MS);
        settings.put("delivery.timeout.ms", 30_000);
        settings.put("request.timeout.ms", 10_000);
        return new RecordSink(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
                topic,
                cluster.bootstrap());
    }

    /** Hands over one record; waits only when too much is on its way. The arrays must not be changed afterwards. */
    public void send(Optional<byte[]> key, byte[] value) {
        throwFailure();
        try {
            var _ = producer.send(new ProducerRecord<>(topic, key.orElse(null), value), (_, problem) -> {
                if (problem == null) {
                    acknowledgedCount.incrementAndGet();
                } else {
                    failure.compareAndSet(null, problem);
                }
            });
        } catch (InterruptException e) {
            throw new ClusterException("interrupted while waiting for " + bootstrap, e);
        }
    }

    /** Waits until everything sent is acknowledged. */
    public void flush() {
        producer.flush();
        throwFailure();
    }

    /** Records that the cluster has acknowledged so far. Any thread. */
    public long acknowledgedCount() {
        return acknowledgedCount.get();
    }

    /** Ends at once; what was not flushed may be lost. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }

    private void throwFailure() {
        Exception problem = failure.get();
        if (problem == null) {
            return;
        }
        // The client's only sign of a topic that nobody has is that it waited in vain for its metadata.
        if (problem instanceof TimeoutException
                && String.valueOf(problem.getMessage()).contains("not present in metadata")) {
            throw new ClusterException(
                    Topics.subject(topic) + " does not exist at " + bootstrap
                            + " and is not created there by writing to it. Create it: millrace topic create " + topic,
                    problem);
        }
        throw Failures.explain(problem, Topics.subject(topic), bootstrap);
    }
}
