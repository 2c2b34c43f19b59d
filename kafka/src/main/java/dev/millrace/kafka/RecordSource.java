package dev.millrace.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records of one topic, alone or as a member of a group. One thread reads; {@link #stop()} may be called by any.
 *
 * <p>A member of a group commits what it has handed out, so after a crash a record may come a second time, and none is left out.
 */
public final class RecordSource implements AutoCloseable {

    /**
     * What to read.
     *
     * @param group read as a member of this group; empty reads all partitions, and commits nothing
     * @param from where to begin; in a group, where it has committed nothing yet
     * @param recordsMax how many records to read at most
     * @param follow whether to wait for new records, rather than end at what is there now
     */
    public record Options(String topic, Optional<String> group, StartPosition from, long recordsMax, boolean follow) {}

    /** A record. Absent keys and values are Kafka's nulls. */
    @SuppressWarnings("ArrayRecordComponent") // A carrier that is compared nowhere.
    public record Received(
            int partition,
            long offset,
            long timestampMs,
            Optional<byte[]> key,
            Optional<byte[]> value,
            List<HeaderEntry> headers) {}

    /** A header of a record. */
    @SuppressWarnings("ArrayRecordComponent") // A carrier that is compared nowhere.
    public record HeaderEntry(String key, Optional<byte[]> value) {}

    private static final Logger log = LoggerFactory.getLogger(RecordSource.class);
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Options options;
    private final String bootstrap;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private boolean assigned;
    private volatile boolean stopped;

    private RecordSource(KafkaConsumer<byte[], byte[]> consumer, Options options, String bootstrap) {
        this.consumer = consumer;
        this.options = options;
        this.bootstrap = bootstrap;
    }

    static RecordSource open(Options options, KafkaCluster cluster) {
        Map<String, Object> settings = cluster.clientSettings();
        options.group().ifPresent(group -> settings.put("group.id", group));
        settings.put("enable.auto.commit", false);
        // A member that is killed is missed after ten seconds, not after the 45 that Kafka's client would take.
        settings.put("session.timeout.ms", SESSION_TIMEOUT_MS);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        settings.put("default.api.timeout.ms", KafkaCluster.CALL_TIMEOUT_MS);
        return new RecordSource(
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                options,
                cluster.bootstrap());
    }

    /**
     * Hands out records until there are enough, the end is reached, or {@link #stop()} is called.
     *
     * @param afterEach called behind each handful of records, before they are committed: here the reader makes sure of them
     * @return how many were handed out
     */
    public long forEach(Consumer<Received> reader, Runnable afterEach) {
        long receivedCount = 0;
        try {
            begin();
            while (!stopped && receivedCount < options.recordsMax() && !atEnd()) {
                receivedCount += handOut(consumer.poll(POLL), options.recordsMax() - receivedCount, reader, afterEach);
            }
        } catch (WakeupException e) {
            // stop() was called while waiting: what was handed out is committed already.
            return receivedCount;
        } catch (KafkaException e) {
            throw Failures.explain(e, Topics.subject(options.topic()), bootstrap);
        }
        return receivedCount;
    }

    /** Makes {@link #forEach} return soon. Any thread. */
    public void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }

    private void begin() {
        List<TopicPartition> partitions = partitions();
        if (options.group().isPresent()) {
            consumer.subscribe(List.of(options.topic()), new Assignment());
        } else {
            consumer.assign(partitions);
            seek(partitions);
            ends.putAll(consumer.endOffsets(partitions));
            assigned = true;
        }
    }

    private List<TopicPartition> partitions() {
        List<PartitionInfo> infos = consumer.partitionsFor(options.topic());
        if (infos == null || infos.isEmpty()) {
            throw new ClusterException(Topics.subject(options.topic()) + " does not exist at " + bootstrap
                    + ". \"millrace topic list\" shows what there is.");
        }
        return infos.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** A member waits for its share; one that is given nothing, because others have it all, is at its end. */
    private boolean atEnd() {
        if (options.follow() || !assigned) {
            return false;
        }
        return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
    }

    private long handOut(
            ConsumerRecords<byte[], byte[]> records, long wantedCount, Consumer<Received> reader, Runnable afterEach) {
        long handedCount = 0;
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (handedCount == wantedCount) {
                break;
            }
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            if (options.follow() || record.offset() < ends.getOrDefault(partition, Long.MAX_VALUE)) {
                reader.accept(received(record));
                commits.put(partition, new OffsetAndMetadata(record.offset() + 1));
                handedCount++;
            }
        }
        if (handedCount > 0) {
            afterEach.run();
        }
        if (options.group().isPresent() && !commits.isEmpty()) {
            commit(commits);
        }
        return handedCount;
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> positions) {
        try {
            consumer.commitSync(positions);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // Others own these partitions now and will see the records again: that is what "at least once" means.
            log.debug("event=commit-superseded topic={} reason={}", options.topic(), e.getMessage());
        }
    }

    private void seek(Collection<TopicPartition> partitions) {
        switch (options.from()) {
            case StartPosition.Beginning _ -> consumer.seekToBeginning(partitions);
            case StartPosition.End _ -> consumer.seekToEnd(partitions);
            case StartPosition.AtOffset(long offset) -> seekToOffset(partitions, offset);
            case StartPosition.AtTime(long timestampMs) -> seekToTime(partitions, timestampMs);
        }
    }

    private void seekToOffset(Collection<TopicPartition> partitions, long offset) {
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> limits = consumer.endOffsets(partitions);
        partitions.forEach(
                p -> consumer.seek(p, Math.clamp(offset, starts.getOrDefault(p, 0L), limits.getOrDefault(p, offset))));
    }

    private void seekToTime(Collection<TopicPartition> partitions, long timestampMs) {
        Map<TopicPartition, Long> wanted = new HashMap<>();
        partitions.forEach(p -> wanted.put(p, timestampMs));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp first = found.get(partition);
            if (first == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, first.offset());
            }
        }
    }

    private static Received received(ConsumerRecord<byte[], byte[]> record) {
        List<HeaderEntry> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new HeaderEntry(header.key(), Optional.ofNullable(header.value())));
        }
        return new Received(
                record.partition(),
                record.offset(),
                record.timestamp(),
                Optional.ofNullable(record.key()),
                Optional.ofNullable(record.value()),
                headers);
    }

    /** Follows what the group gives to this member and takes away again. Runs inside {@code poll}, on the reading thread. */
    private final class Assignment implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assigned = true;
            if (partitions.isEmpty()) {
                return;
            }
            Set<TopicPartition> fresh = new HashSet<>(partitions);
            consumer.committed(Set.copyOf(partitions)).forEach((partition, committed) -> {
                if (committed != null) {
                    fresh.remove(partition);
                }
            });
            if (!fresh.isEmpty()) {
                seek(fresh);
            }
            ends.putAll(consumer.endOffsets(partitions));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(ends::remove);
        }
    }
}
