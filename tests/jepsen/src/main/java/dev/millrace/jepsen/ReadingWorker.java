package dev.millrace.jepsen;

import dev.millrace.checker.Isolation;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Seek;
import dev.millrace.checker.Reader;
import dev.millrace.checker.Seen;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A consumer that reads alone from the beginning, or as a member of a group, which commits what it was given. */
final class ReadingWorker extends Worker implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final CloseOptions CLOSE = CloseOptions.timeout(Duration.ofSeconds(2));

    private final Arena arena;
    private final Reader reader;
    private final Progress progress;
    private final Map<String, Object> settings;

    private ReadingWorker(Arena arena, Reader reader, Progress progress, Map<String, Object> settings) {
        super(reader.name());
        this.arena = arena;
        this.reader = reader;
        this.progress = progress;
        this.settings = new HashMap<>(settings);
        this.settings.put(
                "isolation.level", reader.isolation() == Isolation.COMMITTED ? "read_committed" : "read_uncommitted");
    }

    static ReadingWorker alone(Arena arena, Reader reader, Progress progress) {
        return new ReadingWorker(arena, reader, progress, Map.of());
    }

    /** @param protocol {@code classic} or {@code consumer} */
    static ReadingWorker member(Arena arena, Reader reader, Progress progress, String protocol) {
        return new ReadingWorker(
                arena,
                reader,
                progress,
                Map.of("group.id", arena.topic() + "-" + reader.group(), "group.protocol", protocol));
    }

    @Override
    void work() throws InterruptedException {
        while (isRunning()) {
            KafkaConsumer<String, String> consumer = arena.consumer(settings);
            try {
                begin(consumer);
                while (isRunning()) {
                    read(consumer);
                }
            } catch (KafkaException _) {
                // What a consumer does not get over by itself: begin anew.
                pauseAfterFailure();
            } finally {
                consumer.close(CLOSE);
            }
        }
    }

    private boolean isMember() {
        return settings.containsKey("group.id");
    }

    private void begin(KafkaConsumer<String, String> consumer) {
        if (isMember()) {
            consumer.subscribe(List.of(arena.topic()), this);
        } else {
            consumer.assign(arena.partitions());
            consumer.seekToBeginning(arena.partitions());
            onPartitionsAssigned(arena.partitions());
        }
    }

    private void read(KafkaConsumer<String, String> consumer) {
        ConsumerRecords<String, String> records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
            List<Seen> seen =
                    records.records(partition).stream().map(ReadingWorker::seen).toList();
            arena.history().add(new Poll(reader, partition.toString(), seen));
        }
        if (isMember() && !records.isEmpty()) {
            consumer.commitSync();
        }
        for (TopicPartition partition : consumer.assignment()) {
            progress.reached(reader.group(), partition, consumer.position(partition));
        }
    }

    private static Seen seen(ConsumerRecord<String, String> record) {
        return new Seen(record.offset(), record.value());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> arena.history().add(new Seek(reader, partition.toString())));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
}
