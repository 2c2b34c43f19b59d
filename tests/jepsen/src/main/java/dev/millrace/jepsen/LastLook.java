package dev.millrace.jepsen;

import dev.millrace.checker.Isolation;
import dev.millrace.checker.Operation.WholeRead;
import dev.millrace.checker.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** What the log holds when nobody writes any more. */
record LastLook(Arena arena) {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    /** Waits until no transaction is open, and gives the ends of the partitions. A transaction that stays open hangs. */
    Map<TopicPartition, Long> awaitNoOpenTransaction() throws InterruptedException {
        long endNs = System.nanoTime() + TIMEOUT_NS;
        while (true) {
            Map<TopicPartition, Long> stable = ends("read_committed");
            Map<TopicPartition, Long> all = ends("read_uncommitted");
            if (stable.equals(all)) {
                return all;
            }
            if (System.nanoTime() > endNs) {
                throw new AssertionError("a transaction hangs: committed data ends at " + stable + ", all at " + all);
            }
            Worker.pauseAfterFailure();
        }
    }

    private Map<TopicPartition, Long> ends(String isolation) {
        try (KafkaConsumer<String, String> consumer = arena.consumer(Map.of("isolation.level", isolation))) {
            return consumer.endOffsets(arena.partitions());
        }
    }

    /** Writes down everything that is there, for both isolations. */
    void readAll(Map<TopicPartition, Long> ends) {
        read(Isolation.UNCOMMITTED, "read_uncommitted", ends);
        read(Isolation.COMMITTED, "read_committed", ends);
    }

    private void read(Isolation isolation, String level, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, List<Seen>> found = new HashMap<>();
        long endNs = System.nanoTime() + TIMEOUT_NS;
        try (KafkaConsumer<String, String> consumer = arena.consumer(Map.of("isolation.level", level))) {
            consumer.assign(arena.partitions());
            consumer.seekToBeginning(arena.partitions());
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(arena.partitions());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    found.computeIfAbsent(
                                    new TopicPartition(record.topic(), record.partition()), _ -> new ArrayList<>())
                            .add(new Seen(record.offset(), record.value()));
                }
                if (System.nanoTime() > endNs) {
                    throw new AssertionError("the end of " + ends + " cannot be read, " + level);
                }
            }
            for (TopicPartition partition : arena.partitions()) {
                arena.history()
                        .add(new WholeRead(
                                isolation,
                                partition.toString(),
                                starts.getOrDefault(partition, 0L),
                                found.getOrDefault(partition, List.of())));
            }
        }
    }
}
