package dev.millrace.control.port;

import dev.millrace.base.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** The positions of consumer groups. Thread-safe; futures complete on a machine's thread when the answer is durable. */
public interface GroupOffsets {

    /** A partition by name, as groups know it. */
    record Key(String topic, int partition) {}

    /**
     * A committed position.
     *
     * @param offset next offset to read
     * @param leaderEpoch epoch of the last record read, if known (KIP-320)
     * @param metadata the client's own words, at most {@code offset.metadata.max.bytes}
     */
    record Position(long offset, OptionalInt leaderEpoch, String metadata) {}

    /**
     * Who commits. A commit without a member ({@code generation} -1 and an empty {@code memberId}) is let through only while the group has
     * no members.
     */
    record Committer(String groupId, String memberId, Optional<String> instanceId, int generation) {}

    /** Commits; the answer has one entry per key: empty if it is durable, else why it was refused. */
    CompletableFuture<Map<Key, Optional<ErrorCode>>> commit(Committer committer, Map<Key, Position> positions);

    /** The committed positions of these keys; keys without one are absent. */
    CompletableFuture<Map<Key, Position>> fetch(String groupId, List<Key> keys);

    /** All committed positions of a group. */
    CompletableFuture<Map<Key, Position>> fetchAll(String groupId);
}
