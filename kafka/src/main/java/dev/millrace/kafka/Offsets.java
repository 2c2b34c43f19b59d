package dev.millrace.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Offsets of partitions, by what is wanted. */
final class Offsets {

    private final AdminCalls calls;

    Offsets(AdminCalls calls) {
        this.calls = calls;
    }

    /** The offsets; -1 where no record fits. */
    Map<TopicPartition, Long> lookUp(Collection<TopicPartition> partitions, OffsetSpec wanted) {
        Map<TopicPartition, OffsetSpec> request = new HashMap<>();
        partitions.forEach(p -> request.put(p, wanted));
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                calls.await(calls.admin().listOffsets(request).all(), "offsets");
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    /** The offsets at which a reader begins; never -1, and never outside what is there. */
    Map<TopicPartition, Long> resolve(Collection<TopicPartition> partitions, StartPosition position) {
        return switch (position) {
            case StartPosition.Beginning _ -> lookUp(partitions, OffsetSpec.earliest());
            case StartPosition.End _ -> lookUp(partitions, OffsetSpec.latest());
            case StartPosition.AtOffset(long offset) -> clamp(partitions, offset);
            case StartPosition.AtTime(long timestampMs) -> atTime(partitions, timestampMs);
        };
    }

    private Map<TopicPartition, Long> clamp(Collection<TopicPartition> partitions, long offset) {
        Map<TopicPartition, Long> starts = lookUp(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = lookUp(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(
                p -> offsets.put(p, Math.clamp(offset, starts.getOrDefault(p, 0L), ends.getOrDefault(p, offset))));
        return offsets;
    }

    private Map<TopicPartition, Long> atTime(Collection<TopicPartition> partitions, long timestampMs) {
        Map<TopicPartition, Long> offsets = lookUp(partitions, OffsetSpec.forTimestamp(timestampMs));
        Map<TopicPartition, Long> ends = lookUp(partitions, OffsetSpec.latest());
        offsets.replaceAll((partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
        return offsets;
    }
}
