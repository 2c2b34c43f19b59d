package dev.millrace.wire.fetch;

import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants from one partition; and, in a session (KIP-227), what it was told last. Belongs to the event loop of its connection.
 */
final class FetchTarget {

    private static final long NEVER_TOLD = -1;

    private final FetchKey key;
    private @Nullable String topic;
    private long fetchOffset;
    private int maxSizeBytes;
    private int currentLeaderEpoch;
    private int lastFetchedEpoch;
    private long toldHighWatermark = NEVER_TOLD;
    private long toldLogStart = NEVER_TOLD;

    FetchTarget(FetchKey key, FetchPartition asked) {
        this.key = key;
        update(asked);
    }

    void update(FetchPartition asked) {
        fetchOffset = asked.fetchOffset();
        maxSizeBytes = asked.partitionMaxBytes();
        currentLeaderEpoch = asked.currentLeaderEpoch();
        lastFetchedEpoch = asked.lastFetchedEpoch();
    }

    FetchKey key() {
        return key;
    }

    /** The name of the topic that is fetched by its id, once it was found. */
    Optional<String> topic() {
        return Optional.ofNullable(topic);
    }

    void isOf(String topicName) {
        topic = topicName;
    }

    long fetchOffset() {
        return fetchOffset;
    }

    int maxSizeBytes() {
        return maxSizeBytes;
    }

    int currentLeaderEpoch() {
        return currentLeaderEpoch;
    }

    int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }

    /** Whether an incremental answer must hold this partition: it has records, news, or an error. */
    boolean isNews(PartitionData data) {
        return hasRecords(data)
                || data.errorCode() != Errors.NONE.code()
                || data.highWatermark() != toldHighWatermark
                || data.logStartOffset() != toldLogStart
                || data.divergingEpoch().epoch() >= 0;
    }

    /** Remembers what the client is told now. After an error it is told again. */
    void told(PartitionData data) {
        boolean error = data.errorCode() != Errors.NONE.code();
        toldHighWatermark = error ? NEVER_TOLD : data.highWatermark();
        toldLogStart = error ? NEVER_TOLD : data.logStartOffset();
    }

    static boolean hasRecords(PartitionData data) {
        return data.records() != null && data.records().sizeInBytes() > 0;
    }
}
