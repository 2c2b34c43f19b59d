package dev.millrace.control.groups.consumer;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.RecordKind;
import dev.millrace.control.groups.assignors.PartitionSets;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.log.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The facts of consumer groups as bytes; {@link MemberCodec} has those of a member's own words. Numbers, counts and strings as {@link ByteWriter}
 * draws them.
 *
 * <pre>
 * key       ┌───────────┬───────────┬──────────────────┬─────────────────────────────────────────┐
 *           │ version 0 │ kind int8 │ group id: string │ member id: string, but in a group's key │
 *           └───────────┴───────────┴──────────────────┴─────────────────────────────────────────┘
 * group     ┌───────────┬───────────────┬──────────────────────┬────────────────────┐
 *           │ version 0 │ epoch: varint │ target epoch: varint │ topics hash: int64 │
 *           └───────────┴───────────────┴──────────────────────┴────────────────────┘
 * target    ┌───────────┬───────────────┬─────────────────────────────────────────────────────────────┐
 *           │ version 0 │ topics: count │ topic id: 16 B, partitions: count, partition: varint … each │
 *           └───────────┴───────────────┴─────────────────────────────────────────────────────────────┘
 * progress  ┌───────────┬───────────────┬────────────────────────┬─────────────┬────────────────────────────────────────┐
 *           │ version 0 │ epoch: varint │ previous epoch: varint │ state: int8 │ assigned, then revoking: count, each … │
 *           └───────────┴───────────────┴────────────────────────┴─────────────┴────────────────────────────────────────┘
 * each      │ topic id: 16 B │ partitions: count │ partition: varint, epoch: varint … │
 * </pre>
 */
final class ConsumerFacts {

    static final int VERSION = 0;
    private static final int SMALLEST_TOPIC_BYTES = 17;

    private ConsumerFacts() {}

    /** Which group, and which member; the group's own fact has none. */
    record Key(RecordKind kind, String groupId, String memberId) {}

    static MachineRecord head(String groupId, GroupHead head) {
        byte[] value = new ByteWriter(32)
                .version(VERSION)
                .varint(head.epoch())
                .varint(head.targetEpoch())
                .int64(head.topicsHash())
                .toByteArray();
        return new MachineRecord(key(RecordKind.CONSUMER_GROUP, groupId, ""), Optional.of(value));
    }

    static MachineRecord headGone(String groupId) {
        return new MachineRecord(key(RecordKind.CONSUMER_GROUP, groupId, ""), Optional.empty());
    }

    static MachineRecord member(String groupId, MemberMetadata member) {
        return new MachineRecord(
                key(RecordKind.CONSUMER_MEMBER, groupId, member.memberId()), Optional.of(MemberCodec.encode(member)));
    }

    static MachineRecord target(String groupId, String memberId, SortedSet<PartitionId> target) {
        ByteWriter writer = new ByteWriter(64).version(VERSION);
        SortedMap<TopicId, List<Integer>> topics = byTopic(target);
        writer.count(topics.size());
        topics.forEach((topic, partitions) -> {
            writer.topicId(topic).count(partitions.size());
            partitions.forEach(writer::varint);
        });
        return new MachineRecord(key(RecordKind.CONSUMER_TARGET, groupId, memberId), Optional.of(writer.toByteArray()));
    }

    static MachineRecord progress(String groupId, String memberId, Progress progress) {
        ByteWriter writer = new ByteWriter(64)
                .version(VERSION)
                .varint(progress.epoch())
                .varint(progress.previousEpoch())
                .int8(progress.state().id());
        writeEach(writer, progress.assigned());
        writeEach(writer, progress.revoking());
        return new MachineRecord(
                key(RecordKind.CONSUMER_PROGRESS, groupId, memberId), Optional.of(writer.toByteArray()));
    }

    /** All that is on record of a member goes. */
    static List<MachineRecord> memberGone(String groupId, String memberId) {
        return List.of(
                new MachineRecord(key(RecordKind.CONSUMER_PROGRESS, groupId, memberId), Optional.empty()),
                new MachineRecord(key(RecordKind.CONSUMER_TARGET, groupId, memberId), Optional.empty()),
                new MachineRecord(key(RecordKind.CONSUMER_MEMBER, groupId, memberId), Optional.empty()));
    }

    static Key readKey(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes, "the key of a consumer group");
        reader.version(VERSION);
        RecordKind kind = RecordKind.of(bytes);
        reader.int8();
        String groupId = reader.string();
        String memberId = kind == RecordKind.CONSUMER_GROUP ? "" : reader.string();
        reader.end();
        return new Key(kind, groupId, memberId);
    }

    static GroupHead readHead(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a consumer group");
        reader.version(VERSION);
        GroupHead head = new GroupHead(reader.varint(), reader.varint(), reader.int64());
        reader.end();
        return head;
    }

    static SortedSet<PartitionId> readTarget(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a member's target");
        reader.version(VERSION);
        List<PartitionId> partitions = new ArrayList<>();
        for (int topics = reader.count(SMALLEST_TOPIC_BYTES); topics > 0; topics--) {
            TopicId topic = reader.topicId();
            for (int left = reader.count(1); left > 0; left--) {
                partitions.add(new PartitionId(topic, reader.varint()));
            }
        }
        reader.end();
        return PartitionSets.of(partitions);
    }

    static Progress readProgress(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a member's progress");
        reader.version(VERSION);
        int epoch = reader.varint();
        int previousEpoch = reader.varint();
        Progress.State state = readState(reader);
        Progress progress = new Progress(epoch, previousEpoch, state, readEach(reader), readEach(reader));
        reader.end();
        return progress;
    }

    private static Progress.State readState(ByteReader reader) {
        int id = reader.int8();
        for (Progress.State state : Progress.State.values()) {
            if (state.id() == id) {
                return state;
            }
        }
        throw reader.corrupt("state " + id + " is not known; a newer version of Millrace may have written it");
    }

    private static byte[] key(RecordKind kind, String groupId, String memberId) {
        ByteWriter writer = new ByteWriter(64).version(VERSION).int8(kind.id()).string(groupId);
        if (kind != RecordKind.CONSUMER_GROUP) {
            writer.string(memberId);
        }
        return writer.toByteArray();
    }

    private static void writeEach(ByteWriter writer, SortedMap<PartitionId, Integer> epochs) {
        SortedMap<TopicId, List<Integer>> topics = byTopic(epochs.keySet());
        writer.count(topics.size());
        topics.forEach((topic, partitions) -> {
            writer.topicId(topic).count(partitions.size());
            for (int partition : partitions) {
                writer.varint(partition);
                writer.varint(epochs.getOrDefault(new PartitionId(topic, partition), 0));
            }
        });
    }

    private static SortedMap<PartitionId, Integer> readEach(ByteReader reader) {
        SortedMap<PartitionId, Integer> epochs = new TreeMap<>(PartitionSets.ORDER);
        for (int topics = reader.count(SMALLEST_TOPIC_BYTES); topics > 0; topics--) {
            TopicId topic = reader.topicId();
            for (int left = reader.count(2); left > 0; left--) {
                epochs.put(new PartitionId(topic, reader.varint()), reader.varint());
            }
        }
        return Collections.unmodifiableSortedMap(epochs);
    }

    private static SortedMap<TopicId, List<Integer>> byTopic(Collection<PartitionId> partitions) {
        SortedMap<TopicId, List<Integer>> topics = new TreeMap<>(PartitionSets.TOPIC_ORDER);
        partitions.forEach(each -> topics.computeIfAbsent(each.topicId(), topic -> new ArrayList<>())
                .add(each.partition()));
        return topics;
    }
}
