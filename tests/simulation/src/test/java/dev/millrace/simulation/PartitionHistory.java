package dev.millrace.simulation;

import dev.millrace.log.PartitionId;
import dev.millrace.log.PartitionOffsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that anybody outside knows of one partition: what was appended, what was acknowledged, what was read. Every new piece of
 * knowledge is held against the old ones.
 */
final class PartitionHistory {

    final PartitionId id;
    final String topic;
    private final Set<String> appended = new HashSet<>();
    /** Acknowledged or read: such an offset never changes. */
    private final TreeMap<Long, String> known = new TreeMap<>();

    private final Map<String, Long> offsetOf = new HashMap<>();
    private long startAsked;
    private long startAcknowledged;
    final boolean retention;

    PartitionHistory(PartitionId id, String topic, boolean retention) {
        this.id = id;
        this.topic = topic;
        this.retention = retention;
    }

    void appending(List<String> values) {
        appended.addAll(values);
    }

    void acknowledged(long baseOffset, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            learn(baseOffset + i, values.get(i), "acknowledged");
        }
    }

    private void learn(long offset, String value, String how) {
        if (!appended.contains(value)) {
            throw Anomaly.UNSEEN.found(
                    how + " at " + offset + " of " + topic + ": " + value + ", which nobody appended");
        }
        String before = known.putIfAbsent(offset, value);
        if (before != null && !before.equals(value)) {
            throw Anomaly.INCONSISTENT_OFFSETS.found(
                    "offset " + offset + " of " + topic + " was " + before + ", now " + how + ": " + value);
        }
        Long otherOffset = offsetOf.putIfAbsent(value, offset);
        if (otherOffset != null && otherOffset != offset) {
            throw Anomaly.DUPLICATE.found(
                    value + " of " + topic + " is at " + otherOffset + " and " + how + " at " + offset);
        }
    }

    void askedToDeleteBefore(long offset) {
        startAsked = Math.max(startAsked, offset);
    }

    void deletedBefore(long offset) {
        startAcknowledged = Math.max(startAcknowledged, offset);
    }

    /** A poll at {@code position} gave these values, the first at {@code firstOffset}. */
    void polled(long position, long firstOffset, List<String> values) {
        if (firstOffset < position) {
            throw Anomaly.NONMONOTONIC_POLL.found("a poll of " + topic + " at " + position + " gave " + firstOffset);
        }
        if (firstOffset > position) {
            throw Anomaly.POLL_SKIP.found("a poll of " + topic + " at " + position + " gave " + firstOffset);
        }
        for (int i = 0; i < values.size(); i++) {
            learn(firstOffset + i, values.get(i), "read");
        }
    }

    /** Holds everything that can be read now against everything that is known. */
    void check(PartitionOffsets offsets, List<String> readable) {
        long start = offsets.logStart();
        if (start < startAcknowledged) {
            throw Anomaly.NONMONOTONIC_POLL.found("the log of " + topic + " starts at " + start
                    + ", though everything before " + startAcknowledged + " was deleted");
        }
        if (!retention && start > startAsked) {
            throw Anomaly.LOST_WRITE.found("the log of " + topic + " starts at " + start
                    + "; nobody deleted more than what lies before " + startAsked);
        }
        for (Map.Entry<Long, String> entry : known.tailMap(start, true).entrySet()) {
            long index = entry.getKey() - start;
            if (index >= readable.size()) {
                throw Anomaly.LOST_WRITE.found(entry.getValue() + " at " + entry.getKey() + " of " + topic
                        + ", which ends at " + (start + readable.size()));
            }
            if (!readable.get((int) index).equals(entry.getValue())) {
                throw Anomaly.LOST_WRITE.found(entry.getValue() + " at " + entry.getKey() + " of " + topic
                        + ", where there is " + readable.get((int) index));
            }
        }
        polled(start, start, readable);
    }
}
