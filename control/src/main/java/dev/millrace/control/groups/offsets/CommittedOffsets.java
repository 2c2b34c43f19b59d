package dev.millrace.control.groups.offsets;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.groups.api.GroupSettings;
import dev.millrace.control.groups.api.OffsetAge;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.port.GroupOffsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The offsets of all groups of one machine. Hard state alone: every change is a record first. Whether a group may commit or
 * forget is not decided here. Not thread-safe.
 */
public final class CommittedOffsets {

    private final GroupSettings settings;
    private final Map<String, Map<GroupOffsets.Key, CommittedOffset>> offsetsByGroupId = new HashMap<>();

    public CommittedOffsets(GroupSettings settings) {
        this.settings = settings;
    }

    /** Records each position, unless the client's words with it are too long; tells of each what became of it. */
    public Map<GroupOffsets.Key, Optional<ErrorCode>> commit(CommitRequest request, Turn<GroupCommand> turn) {
        OptionalLong expiresAtMs = request.retentionMs().isPresent()
                ? OptionalLong.of(turn.wallMs() + request.retentionMs().getAsLong())
                : OptionalLong.empty();
        Map<GroupOffsets.Key, Optional<ErrorCode>> answers =
                LinkedHashMap.newLinkedHashMap(request.commits().size());
        request.commits().forEach((key, commit) -> {
            if (commit.position().metadata().length() > settings.offsetMetadataMaxChars()) {
                answers.put(key, Optional.of(ErrorCode.OFFSET_METADATA_TOO_LARGE));
                return;
            }
            CommittedOffset committed =
                    new CommittedOffset(commit.topicId(), commit.position(), turn.wallMs(), expiresAtMs);
            turn.record(new MachineRecord(
                    OffsetCodec.encodeKey(request.committer().groupId(), key),
                    Optional.of(OffsetCodec.encodeValue(committed))));
            answers.put(key, Optional.empty());
        });
        return answers;
    }

    /** The positions of {@code keys}; those that have none are absent. */
    public Map<GroupOffsets.Key, CommitRequest.Commit> fetch(String groupId, List<GroupOffsets.Key> keys) {
        Map<GroupOffsets.Key, CommittedOffset> offsets = offsets(groupId);
        Map<GroupOffsets.Key, CommitRequest.Commit> found = LinkedHashMap.newLinkedHashMap(keys.size());
        for (GroupOffsets.Key key : keys) {
            CommittedOffset committed = offsets.get(key);
            if (committed != null) {
                found.put(key, new CommitRequest.Commit(committed.topicId(), committed.position()));
            }
        }
        return found;
    }

    public Map<GroupOffsets.Key, CommitRequest.Commit> fetchAll(String groupId) {
        Map<GroupOffsets.Key, CommitRequest.Commit> found = new LinkedHashMap<>();
        offsets(groupId)
                .forEach((key, committed) ->
                        found.put(key, new CommitRequest.Commit(committed.topicId(), committed.position())));
        return found;
    }

    /** Forgets the position, if there is one. */
    public void delete(String groupId, GroupOffsets.Key key, Turn<GroupCommand> turn) {
        if (offsets(groupId).containsKey(key)) {
            turn.record(new MachineRecord(OffsetCodec.encodeKey(groupId, key), Optional.empty()));
        }
    }

    /**
     * Forgets every position of a group.
     *
     * @param limit how many at most: one turn is one batch
     * @return whether nothing is left
     */
    public boolean deleteAll(String groupId, int limit, Turn<GroupCommand> turn) {
        Map<GroupOffsets.Key, CommittedOffset> offsets = offsets(groupId);
        offsets.keySet().stream().limit(limit).forEach(key -> delete(groupId, key, turn));
        return offsets.size() <= limit;
    }

    /**
     * Forgets what was committed for a topic that is gone.
     *
     * @param limit how many at most: one turn is one batch
     * @return how many there were, up to the limit
     */
    public int forgetTopic(String topic, TopicId topicId, int limit, Turn<GroupCommand> turn) {
        List<OffsetCodec.OffsetKey> gone = new ArrayList<>();
        offsetsByGroupId.forEach((groupId, offsets) -> offsets.forEach((key, committed) -> {
            boolean same = committed.topicId().equals(topicId)
                    || (committed.topicId().equals(TopicId.ZERO) && key.topic().equals(topic));
            if (same && gone.size() < limit) {
                gone.add(new OffsetCodec.OffsetKey(groupId, key));
            }
        }));
        gone.forEach(key -> delete(key.groupId(), key.partition(), turn));
        return gone.size();
    }

    /**
     * Forgets what has expired in one group.
     *
     * @param isSubscribedTo topics that a member reads: their offsets do not expire
     * @param limit how many at most
     * @return how many were forgotten, and whether nothing is left
     */
    public Expired expire(
            String groupId, OffsetAge age, Predicate<String> isSubscribedTo, int limit, Turn<GroupCommand> turn) {
        List<GroupOffsets.Key> gone = new ArrayList<>();
        Map<GroupOffsets.Key, CommittedOffset> offsets = offsets(groupId);
        offsets.forEach((key, committed) -> {
            if (gone.size() < limit && isExpired(committed, age, turn.wallMs()) && !isSubscribedTo.test(key.topic())) {
                gone.add(key);
            }
        });
        gone.forEach(key -> delete(groupId, key, turn));
        return new Expired(gone.size(), gone.size() == offsets.size());
    }

    /** What {@link #expire} did. */
    public record Expired(int count, boolean nothingLeft) {}

    private boolean isExpired(CommittedOffset committed, OffsetAge age, long nowMs) {
        if (age instanceof OffsetAge.Never) {
            return false;
        }
        if (committed.expiresAtMs().isPresent()) {
            return nowMs >= committed.expiresAtMs().getAsLong();
        }
        long sinceMs = age instanceof OffsetAge.SinceMs(long wallMs) ? wallMs : committed.committedAtMs();
        return nowMs - sinceMs >= settings.offsetsRetentionMs();
    }

    public void replay(MachineRecord fact) {
        OffsetCodec.OffsetKey key = OffsetCodec.decodeKey(fact.key());
        if (fact.value().isPresent()) {
            offsetsByGroupId
                    .computeIfAbsent(key.groupId(), groupId -> new HashMap<>())
                    .put(key.partition(), OffsetCodec.decodeValue(fact.value().get()));
            return;
        }
        Map<GroupOffsets.Key, CommittedOffset> offsets = offsets(key.groupId());
        if (offsets.containsKey(key.partition())) {
            offsets.remove(key.partition());
            if (offsets.isEmpty()) {
                offsetsByGroupId.remove(key.groupId());
            }
        }
    }

    public void snapshot(Consumer<MachineRecord> out) {
        offsetsByGroupId.forEach((groupId, offsets) -> offsets.forEach((key, committed) -> out.accept(new MachineRecord(
                OffsetCodec.encodeKey(groupId, key), Optional.of(OffsetCodec.encodeValue(committed))))));
    }

    private Map<GroupOffsets.Key, CommittedOffset> offsets(String groupId) {
        return offsetsByGroupId.getOrDefault(groupId, Map.of());
    }
}
