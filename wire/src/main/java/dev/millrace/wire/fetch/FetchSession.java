package dev.millrace.wire.fetch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * The partitions that a client fetches again and again (KIP-227), so that each request names only what changed, and each answer too.
 *
 * <p>Belongs to one connection, and so to one event loop: the partitions are touched there alone. {@link #lastUsedMs} and {@link #size} may be read anywhere.
 */
final class FetchSession {

    private final int id;
    private final long connectionId;
    private final boolean byTopicId;
    private final long createdMs;
    private final Map<FetchKey, FetchTarget> targets;
    private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private volatile long lastUsedMs;
    private volatile int size;

    FetchSession(int id, long connectionId, boolean byTopicId, long nowMs, Map<FetchKey, FetchTarget> targets) {
        this.id = id;
        this.connectionId = connectionId;
        this.byTopicId = byTopicId;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.targets = targets;
        this.size = targets.size();
    }

    /** The partitions that a request names, in its order; of one named twice, the last wins. */
    static Map<FetchKey, FetchTarget> targets(FetchRequestData request, boolean byTopicId) {
        Map<FetchKey, FetchTarget> targets = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchKey key = new FetchKey(byTopicId, topic.topic(), topic.topicId(), partition.partition());
                targets.put(key, new FetchTarget(key, partition));
            }
        }
        return targets;
    }

    int id() {
        return id;
    }

    long connectionId() {
        return connectionId;
    }

    boolean byTopicId() {
        return byTopicId;
    }

    long createdMs() {
        return createdMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    int size() {
        return size;
    }

    int nextEpoch() {
        return nextEpoch;
    }

    /** Takes an incremental request: what is new, changed or forgotten. */
    void update(FetchRequestData request, long nowMs) {
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchKey key = new FetchKey(byTopicId, topic.topic(), topic.topicId(), partition.partition());
                FetchTarget known = targets.get(key);
                if (known != null) {
                    known.update(partition);
                } else {
                    targets.put(key, new FetchTarget(key, partition));
                }
            }
        }
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                targets.remove(new FetchKey(byTopicId, topic.topic(), topic.topicId(), partition));
            }
        }
        size = targets.size();
        lastUsedMs = nowMs;
        nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
    }

    Collection<FetchTarget> targets() {
        return new ArrayList<>(targets.values());
    }

    /** Moves those that gave records to the end, so that the others come first next time (KIP-74). */
    void rotate(List<FetchTarget> served) {
        for (FetchTarget target : served) {
            if (targets.remove(target.key(), target)) {
                targets.put(target.key(), target);
            }
        }
    }
}
