package dev.millrace.wire;

import dev.millrace.control.port.LogPort;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.PartitionOffsets;
import dev.millrace.log.TimestampedOffset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/**
 * ListOffsets (key 2), versions 1 to 11.
 *
 * <p>Behaviour: finds an offset by a timestamp or by a special one. Offset -1 means that there is none; a reader of committed records (v2)
 * finds nothing at or behind the last stable offset.
 *
 * <ul>
 *   <li>latest (-1): the high watermark, or the last stable offset. earliest (-2): the start of the log.
 *   <li>v7: largest timestamp (-3, KIP-734). v8: earliest local (-4, KIP-405): the start of the log, as all of it is local.
 *   <li>v9: latest tiered (-5), v11: earliest pending upload (-6): -1, as nothing is tiered.
 *   <li>v4: leader epochs are checked, and told with what was found (KIP-320).
 * </ul>
 *
 * <p>Looking up a time may wait for a disk, and runs on a thread that may wait; the rest is answered on the event loop.
 */
public final class H02_ListOffsets implements Handler<ListOffsetsRequestData> {

    private static final int UNKNOWN = -1;
    private static final short LEADER_EPOCH_MIN_VERSION = 4;

    private final LogPort port;
    private final Executor waiting;

    /** Takes an executor whose threads may wait for a disk. */
    public H02_ListOffsets(LogPort port, Executor waiting) {
        this.port = port;
        this.waiting = waiting;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public short minVersion() {
        return 1;
    }

    @Override
    public short maxVersion() {
        return 11;
    }

    @Override
    public CompletableFuture<ListOffsetsResponseData> handle(ListOffsetsRequestData request, RequestContext context) {
        if (!IsolationLevels.isKnown(request.isolationLevel())) {
            return CompletableFuture.failedFuture(IsolationLevels.unknown(request.isolationLevel()));
        }
        return needsRecords(request)
                ? CompletableFuture.supplyAsync(() -> answer(request, context.apiVersion()), waiting)
                : CompletableFuture.completedFuture(answer(request, context.apiVersion()));
    }

    private static boolean needsRecords(ListOffsetsRequestData request) {
        for (ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                if (partition.timestamp() >= 0 || partition.timestamp() == ListOffsetsRequest.MAX_TIMESTAMP) {
                    return true;
                }
            }
        }
        return false;
    }

    private ListOffsetsResponseData answer(ListOffsetsRequestData request, short apiVersion) {
        Set<Place> repeated = repeated(request);
        Set<Place> refused = new HashSet<>();
        boolean committed = request.isolationLevel() == IsolationLevels.READ_COMMITTED;
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
        for (ListOffsetsTopic topic : request.topics()) {
            List<ListOffsetsPartitionResponse> entries =
                    new ArrayList<>(topic.partitions().size());
            for (ListOffsetsPartition asked : topic.partitions()) {
                Place place = new Place(topic.name(), asked.partitionIndex());
                ListOffsetsPartitionResponse entry =
                        new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
                if (repeated.contains(place)) {
                    if (refused.add(place)) {
                        entries.add(entry.setErrorCode(Errors.INVALID_REQUEST.code()));
                    }
                } else {
                    entries.add(entry);
                    find(topic.name(), asked, committed, apiVersion, entry);
                    if (apiVersion < LEADER_EPOCH_MIN_VERSION) {
                        entry.setLeaderEpoch(UNKNOWN);
                    }
                }
            }
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(entries));
        }
        return new ListOffsetsResponseData().setTopics(topics);
    }

    /** A partition that is named twice is answered once, and refused: nobody knows which entry was meant. */
    private static Set<Place> repeated(ListOffsetsRequestData request) {
        Set<Place> seen = new HashSet<>();
        Set<Place> repeated = new HashSet<>();
        for (ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                Place place = new Place(topic.name(), partition.partitionIndex());
                if (!seen.add(place)) {
                    repeated.add(place);
                }
            }
        }
        return repeated;
    }

    private void find(
            String topic,
            ListOffsetsPartition asked,
            boolean committed,
            short apiVersion,
            ListOffsetsPartitionResponse entry) {
        try {
            if (asked.timestamp() < 0 && apiVersion < minVersion(asked.timestamp())) {
                throw Errors.UNSUPPORTED_VERSION.exception();
            }
            PartitionPort partition = Partitions.byName(port, topic, asked.partitionIndex());
            Partitions.checkLeaderEpoch(partition, asked.currentLeaderEpoch());
            PartitionOffsets offsets = partition.offsets();
            long endOffset = committed ? offsets.lastStable() : offsets.highWatermark();
            if (asked.timestamp() == ListOffsetsRequest.LATEST_TIMESTAMP) {
                entry.setOffset(endOffset).setLeaderEpoch(partition.leaderEpoch());
            } else if (asked.timestamp() == ListOffsetsRequest.EARLIEST_TIMESTAMP
                    || asked.timestamp() == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
                entry.setOffset(offsets.logStart()).setLeaderEpoch(epochAt(partition, offsets.logStart()));
            } else {
                byTime(partition, asked.timestamp())
                        .filter(found -> found.offset() < endOffset)
                        .ifPresent(found -> entry.setOffset(found.offset())
                                .setTimestamp(found.timestampMs())
                                .setLeaderEpoch(found.leaderEpoch().orElse(UNKNOWN)));
            }
        } catch (RuntimeException | IOException e) {
            entry.setErrorCode(ErrorMapping.errors(e).code());
        }
    }

    /** The version from which a special timestamp means something; others never do. */
    private static short minVersion(long timestamp) {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP || timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP) {
            return 1;
        } else if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return 7;
        } else if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return 8;
        } else if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return 9;
        } else if (timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return 11;
        }
        return Short.MAX_VALUE;
    }

    private static Optional<TimestampedOffset> byTime(PartitionPort partition, long timestamp) throws IOException {
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return partition.largestTimestamp();
        }
        return timestamp < 0 ? Optional.empty() : partition.firstAtOrAfter(timestamp);
    }

    /** The epoch of the record at {@code offset}: the first that ends behind it. Epochs end in ascending order, so it can be searched. */
    private static int epochAt(PartitionPort partition, long offset) {
        int low = 0;
        int high = partition.leaderEpoch();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Optional<EpochEnd> end = partition.endOfEpoch(middle);
            if (end.isPresent() && end.get().endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return partition.endOfEpoch(low).map(EpochEnd::leaderEpoch).orElse(partition.leaderEpoch());
    }

    private record Place(String topic, int partition) {}
}
