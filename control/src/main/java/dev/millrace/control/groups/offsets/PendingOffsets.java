package dev.millrace.control.groups.offsets;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.TransactionalCommit;
import dev.millrace.control.groups.offsets.OffsetCodec.OffsetKey;
import dev.millrace.control.groups.offsets.PendingCodec.PendingKey;
import dev.millrace.control.machine.FactLimits;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The positions that open transactions have committed for the groups of one machine (KIP-98, KIP-447). Hard state alone: every change is a
 * record first. Not thread-safe.
 *
 * <p>The end of a transaction is one turn, and so one batch: each pending position is removed, and on a commit becomes a committed one. A
 * crash keeps all of that or none.
 */
public final class PendingOffsets {

    /** What one transaction may have pending here: its end must fit into one turn, in which each position is written again. */
    private static final int MAX_PRODUCER_BYTES = FactLimits.MAX_TURN_BYTES / 4;

    private final GroupSettings settings;
    private final Map<Long, Map<OffsetKey, PendingOffset>> byProducerId = new HashMap<>();
    private final Map<Long, Integer> bytesByProducerId = new HashMap<>();
    private final Map<String, Set<PendingKey>> byGroupId = new HashMap<>();

    public PendingOffsets(GroupSettings settings) {
        this.settings = settings;
    }

    /** Records each position as pending; tells of each what became of it. */
    public Map<GroupOffsets.Key, Optional<ErrorCode>> commit(TransactionalCommit commit, Turn<GroupCommand> turn) {
        String groupId = commit.request().committer().groupId();
        Map<GroupOffsets.Key, CommitRequest.Commit> commits = commit.request().commits();
        Map<GroupOffsets.Key, Optional<ErrorCode>> answers = LinkedHashMap.newLinkedHashMap(commits.size());
        int[] sizeBytes = {bytesByProducerId.getOrDefault(commit.producerId(), 0)};
        commits.forEach((key, each) -> {
            if (each.position().metadata().length() > settings.offsetMetadataMaxChars()) {
                answers.put(key, Optional.of(ErrorCode.OFFSET_METADATA_TOO_LARGE));
                return;
            }
            PendingOffset pending = new PendingOffset(
                    commit.producerEpoch(),
                    new CommittedOffset(each.topicId(), each.position(), turn.wallMs(), OptionalLong.empty()));
            MachineRecord fact = fact(commit.producerId(), new OffsetKey(groupId, key), pending);
            sizeBytes[0] += fact.sizeBytes() - sizeBytes(commit.producerId(), new OffsetKey(groupId, key));
            if (sizeBytes[0] > MAX_PRODUCER_BYTES) {
                answers.put(key, Optional.of(ErrorCode.BATCH_TOO_LARGE));
                return;
            }
            turn.record(fact);
            answers.put(key, Optional.empty());
        });
        return answers;
    }

    /** Ends the producer's transaction here. Does nothing if there is nothing pending, so that it can be repeated. */
    public void end(long producerId, short markerEpoch, boolean committed, Turn<GroupCommand> turn) {
        byProducerId.getOrDefault(producerId, Map.of()).forEach((key, pending) -> {
            if (pending.producerEpoch() > markerEpoch) {
                return;
            }
            if (committed) {
                turn.record(new MachineRecord(
                        OffsetCodec.encodeKey(key.groupId(), key.partition()),
                        Optional.of(OffsetCodec.encodeValue(pending.committed()))));
            }
            turn.record(removal(producerId, key));
        });
    }

    /** Whether a transaction may still change a position of the group. */
    public boolean isPending(String groupId) {
        return byGroupId.containsKey(groupId);
    }

    /** The positions of the group that a transaction may still change. */
    public Set<GroupOffsets.Key> keysOf(String groupId) {
        Set<GroupOffsets.Key> keys = new HashSet<>();
        keysPendingFor(groupId).forEach(pending -> keys.add(pending.offset().partition()));
        return keys;
    }

    /** A position was committed or deleted outside of transactions: what was pending for it before is void, as it would be in Kafka. */
    public void forget(String groupId, GroupOffsets.Key key, Turn<GroupCommand> turn) {
        keysPendingFor(groupId).stream()
                .filter(pending -> pending.offset().partition().equals(key))
                .forEach(pending -> turn.record(removal(pending.producerId(), pending.offset())));
    }

    /**
     * Forgets what is pending for a group.
     *
     * @param limit how many at most: one turn is one batch
     * @return whether nothing is left
     */
    public boolean forgetAll(String groupId, int limit, Turn<GroupCommand> turn) {
        Set<PendingKey> keys = keysPendingFor(groupId);
        keys.stream().limit(limit).forEach(key -> turn.record(removal(key.producerId(), key.offset())));
        return keys.size() <= limit;
    }

    /**
     * Forgets what is pending for a topic that is gone.
     *
     * @param limit how many at most: one turn is one batch
     * @return how many there were, up to the limit
     */
    public int forgetTopic(String topic, TopicId topicId, int limit, Turn<GroupCommand> turn) {
        int[] count = new int[1];
        byProducerId.forEach((producerId, offsets) -> offsets.forEach((key, pending) -> {
            TopicId pendingFor = pending.committed().topicId();
            boolean same = pendingFor.equals(topicId)
                    || (pendingFor.equals(TopicId.ZERO)
                            && key.partition().topic().equals(topic));
            if (same && count[0] < limit) {
                count[0]++;
                turn.record(removal(producerId, key));
            }
        }));
        return count[0];
    }

    public void replay(MachineRecord fact) {
        PendingKey key = PendingCodec.decodeKey(fact.key());
        bytesByProducerId.merge(key.producerId(), -sizeBytes(key.producerId(), key.offset()), Integer::sum);
        if (fact.value().isPresent()) {
            byProducerId
                    .computeIfAbsent(key.producerId(), producerId -> new LinkedHashMap<>())
                    .put(key.offset(), PendingCodec.decodeValue(fact.value().get()));
            bytesByProducerId.merge(key.producerId(), fact.sizeBytes(), Integer::sum);
            byGroupId
                    .computeIfAbsent(key.offset().groupId(), groupId -> new LinkedHashSet<>())
                    .add(key);
            return;
        }
        Map<OffsetKey, PendingOffset> offsets = byProducerId.getOrDefault(key.producerId(), new LinkedHashMap<>());
        offsets.remove(key.offset());
        if (offsets.isEmpty()) {
            byProducerId.remove(key.producerId());
            bytesByProducerId.remove(key.producerId());
        }
        Set<PendingKey> ofGroup = byGroupId.get(key.offset().groupId());
        if (ofGroup != null) {
            ofGroup.remove(key);
            if (ofGroup.isEmpty()) {
                byGroupId.remove(key.offset().groupId());
            }
        }
    }

    public void snapshot(Consumer<MachineRecord> out) {
        byProducerId.forEach((producerId, offsets) -> List.copyOf(offsets.entrySet())
                .forEach(each -> out.accept(fact(producerId, each.getKey(), each.getValue()))));
    }

    /** What takes the position's place, or removes it, frees. */
    private int sizeBytes(long producerId, OffsetKey key) {
        PendingOffset pending = byProducerId.getOrDefault(producerId, Map.of()).get(key);
        return pending == null ? 0 : fact(producerId, key, pending).sizeBytes();
    }

    private static MachineRecord fact(long producerId, OffsetKey key, PendingOffset pending) {
        return new MachineRecord(
                PendingCodec.encodeKey(new PendingKey(producerId, key)),
                Optional.of(PendingCodec.encodeValue(pending)));
    }

    private Set<PendingKey> keysPendingFor(String groupId) {
        return byGroupId.getOrDefault(groupId, Set.of());
    }

    private static MachineRecord removal(long producerId, OffsetKey key) {
        return new MachineRecord(PendingCodec.encodeKey(new PendingKey(producerId, key)), Optional.empty());
    }
}
