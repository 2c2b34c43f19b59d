package dev.millrace.control.groups.classic;

import dev.millrace.control.groups.api.GroupCommand;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The hard state: the last metadata of each group, as the records say. Written through {@link Turn#record}, changed by {@link #replay}. */
final class ClassicLog {

    private final Map<String, ClassicMetadata> metadataByGroupId = new LinkedHashMap<>();

    /** Records the group as it is now. */
    void record(ClassicGroup group, Turn<GroupCommand> turn) {
        turn.record(new MachineRecord(
                ClassicCodec.encodeKey(group.groupId()), Optional.of(ClassicCodec.encodeValue(group.metadata()))));
    }

    /** Records that the group is gone. */
    void recordRemoval(String groupId, Turn<GroupCommand> turn) {
        turn.record(new MachineRecord(ClassicCodec.encodeKey(groupId), Optional.empty()));
    }

    void replay(MachineRecord fact) {
        String groupId = ClassicCodec.decodeKey(fact.key());
        if (fact.value().isPresent()) {
            metadataByGroupId.put(groupId, ClassicCodec.decodeValue(fact.value().get()));
        } else {
            metadataByGroupId.remove(groupId);
        }
    }

    void snapshot(Consumer<MachineRecord> out) {
        metadataByGroupId.forEach((groupId, metadata) -> out.accept(
                new MachineRecord(ClassicCodec.encodeKey(groupId), Optional.of(ClassicCodec.encodeValue(metadata)))));
    }

    void forEach(BiConsumer<String, ClassicMetadata> action) {
        metadataByGroupId.forEach(action);
    }
}
