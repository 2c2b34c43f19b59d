package dev.millrace.jepsen;

import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Send;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** A producer without transactions. Idempotent, or one that never sends anything twice. */
final class SendingWorker extends Worker {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(12);

    private final Arena arena;
    private final Map<String, Object> settings;
    private final Random random;

    private SendingWorker(String name, Arena arena, Map<String, Object> settings, long seed) {
        super(name);
        this.arena = arena;
        this.settings = settings;
        this.random = new Random(seed);
    }

    static SendingWorker plain(String name, Arena arena, long seed) {
        return new SendingWorker(name, arena, Map.of("enable.idempotence", false, "acks", "all", "retries", 0), seed);
    }

    static SendingWorker idempotent(String name, Arena arena, long seed) {
        return new SendingWorker(name, arena, Map.of("enable.idempotence", true, "acks", "all"), seed);
    }

    @Override
    void work() throws InterruptedException {
        KafkaProducer<String, String> producer = arena.producer(settings);
        try {
            for (int number = 0; isRunning(); number++) {
                int partition = random.nextInt(Arena.PARTITIONS);
                try {
                    send(arena, producer, name(), partition, name() + ":" + number, Optional.empty());
                } catch (KafkaException _) {
                    // No metadata for too long: nothing was sent.
                    pauseAfterFailure();
                }
                pause(1 + random.nextInt(6));
            }
        } finally {
            producer.close(CLOSE_TIMEOUT);
        }
    }

    /** Sends a record, and writes down that it is sent, and that it is acknowledged if it ever is. */
    static void send(
            Arena arena,
            KafkaProducer<String, String> producer,
            String client,
            int partition,
            String value,
            Optional<String> transaction) {
        String place = arena.topic() + "-" + partition;
        arena.history().add(new Send(client, place, value, transaction));
        var _ = producer.send(new ProducerRecord<>(arena.topic(), partition, client, value), (metadata, failure) -> {
            if (failure == null) {
                // Without an offset (-1) it is known to be there, and not where.
                arena.history().add(new Acknowledged(client, place, metadata.offset(), value));
            }
        });
    }
}
