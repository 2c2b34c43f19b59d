package dev.millrace.interop.applications;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A member of a group, on a thread of its own, until it leaves or dies. */
final class ChurnMember implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(50);

    private enum End {
        LEAVES,
        DIES
    }

    private final String name;
    private final Ownership ownership;
    private final AtomicReference<End> end = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    ChurnMember(String name, Ownership ownership, Stage stage, String topic, Map<String, Object> settings) {
        this.name = name;
        this.ownership = ownership;
        this.thread = Thread.ofPlatform().name(name).start(() -> work(stage, topic, settings));
    }

    private void work(Stage stage, String topic, Map<String, Object> settings) {
        KafkaConsumer<String, String> consumer = stage.consumer(settings);
        try {
            consumer.subscribe(List.of(topic), this);
            while (end.get() == null) {
                consumer.poll(POLL);
            }
        } catch (RuntimeException e) {
            failure.set(e);
        }
        boolean dies = end.get() == End.DIES;
        if (dies) {
            // From here on it does nothing with its partitions; the group learns of it when the session ends.
            ownership.died(name);
        }
        consumer.close(CloseOptions.groupMembershipOperation(
                dies ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP));
        ownership.died(name);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        ownership.given(name, partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        ownership.taken(name, partitions);
    }

    /** Leaves the group as one does. Does not wait until it has. */
    void leave() {
        end.compareAndSet(null, End.LEAVES);
    }

    /** Stops without a word to the group. */
    void die() {
        end.compareAndSet(null, End.DIES);
    }

    /** Waits until it has ended, and fails when it failed. */
    void join() throws InterruptedException {
        thread.join();
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(name + " failed", failed);
        }
    }
}
