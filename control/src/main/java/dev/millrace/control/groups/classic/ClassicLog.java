package dev.millrace.control.groups.classic;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.FactLimits;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The hard state: of each group the last metadata, and the last generation that was given out, as the records say. Written through
 * {@link Turn#record}, changed by replaying alone.
 */
final class ClassicLog {

    private final Map<String, ClassicMetadata> metadataByGroupId = new LinkedHashMap<>();
    private final Map<String, Integer> lastGenerationByGroupId = new HashMap<>();

    /** Whether the group can be recorded with that many bytes of assignments in addition to what it has. */
    static boolean fits(ClassicGroup group, long assignedBytes) {
        return assignedBytes + ClassicCodec.encodeValue(group.metadata()).length <= FactLimits.MAX_TURN_BYTES;
    }

    /** Records the group as it is now. */
    void record(ClassicGroup group, Turn<GroupCommand> turn) {
        turn.record(new MachineRecord(
                ClassicCodec.encodeKey(group.groupId()), Optional.of(ClassicCodec.encodeValue(group.metadata()))));
    }

    /** Records the group's generation as given out. */
    void recordGeneration(ClassicGroup group, Turn<GroupCommand> turn) {
        recordGeneration(group.groupId(), group.generation(), turn);
    }

    void recordGeneration(String groupId, int generation, Turn<GroupCommand> turn) {
        turn.record(new MachineRecord(
                GenerationCodec.encodeKey(groupId), Optional.of(GenerationCodec.encodeValue(generation))));
    }

    /** Records that the group is gone. */
    void recordRemoval(String groupId, Turn<GroupCommand> turn) {
        turn.record(new MachineRecord(ClassicCodec.encodeKey(groupId), Optional.empty()));
        if (lastGenerationByGroupId.containsKey(groupId)) {
            turn.record(new MachineRecord(GenerationCodec.encodeKey(groupId), Optional.empty()));
        }
    }

    /** The last generation on record; 0 if there was none. */
    int lastGeneration(String groupId) {
        return lastGenerationByGroupId.getOrDefault(groupId, 0);
    }

    void replay(MachineRecord fact) {
        String groupId = ClassicCodec.decodeKey(fact.key());
        if (fact.value().isPresent()) {
            metadataByGroupId.put(groupId, ClassicCodec.decodeValue(fact.value().get()));
        } else {
            metadataByGroupId.remove(groupId);
        }
    }

    void replayGeneration(MachineRecord fact) {
        String groupId = GenerationCodec.decodeKey(fact.key());
        if (fact.value().isPresent()) {
            lastGenerationByGroupId.put(
                    groupId, GenerationCodec.decodeValue(fact.value().get()));
        } else {
            lastGenerationByGroupId.remove(groupId);
        }
    }

    void snapshot(Consumer<MachineRecord> out) {
        metadataByGroupId.forEach((groupId, metadata) -> out.accept(
                new MachineRecord(ClassicCodec.encodeKey(groupId), Optional.of(ClassicCodec.encodeValue(metadata)))));
        lastGenerationByGroupId.forEach((groupId, generation) -> out.accept(new MachineRecord(
                GenerationCodec.encodeKey(groupId), Optional.of(GenerationCodec.encodeValue(generation)))));
    }

    void forEach(BiConsumer<String, ClassicMetadata> action) {
        metadataByGroupId.forEach(action);
    }
}
