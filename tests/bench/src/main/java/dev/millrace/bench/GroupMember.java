package dev.millrace.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A member of a group that polls on a thread of its own and counts what it owns. What it reports is safe to ask from any thread. */
final class GroupMember implements ConsumerRebalanceListener, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final Thread thread;
    private volatile boolean leaving;
    private volatile int ownedCount;
    private volatile long revokedCount;

    /** Joins the group that has the topic's name. */
    GroupMember(Station station, String topic, String protocol) {
        Map<String, String> settings =
                Map.of("group.id", topic, "group.protocol", protocol, "enable.auto.commit", "false");
        thread = Thread.ofPlatform().name("bench-member").start(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = station.consumer(settings)) {
                consumer.subscribe(List.of(topic), this);
                while (!leaving) {
                    consumer.poll(POLL);
                }
            }
        });
    }

    int ownedCount() {
        return ownedCount;
    }

    /** How many partitions were taken away from it so far. */
    long revokedCount() {
        return revokedCount;
    }

    // Both listeners run on the member's thread alone.
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        ownedCount += partitions.size();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        ownedCount -= partitions.size();
        revokedCount += partitions.size();
    }

    void askToLeave() {
        leaving = true;
    }

    /** Leaves, and waits until it has. */
    @Override
    public void close() {
        askToLeave();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
    }
}
