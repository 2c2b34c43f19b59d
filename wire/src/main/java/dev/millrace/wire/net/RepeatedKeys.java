package dev.millrace.wire.net;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Refuses a request that names the same thing over and over, before its message is made of it.
 *
 * <p>The generated messages keep some arrays as hash collections. With n equal keys these take n³ steps: a thousand times the same topic, in a
 * request of a few kilobytes, would hold an event loop for seconds. No client has a reason to do that. So where an array of such an API is longer
 * than {@link #ARRAY_LENGTH_UNCHECKED}, the request is walked through by its schema first, and no array may begin more than that many of its
 * elements with the same key.
 */
final class RepeatedKeys {

    static final int ARRAY_LENGTH_UNCHECKED = 100;

    /** The APIs whose requests, or answers to what they name, have such collections; the key is what an element begins with. */
    private static final Set<ApiKeys> COLLECTING = EnumSet.of(
            ApiKeys.PRODUCE,
            ApiKeys.METADATA,
            ApiKeys.JOIN_GROUP,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.ALTER_REPLICA_LOG_DIRS,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_GROUPS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.DESCRIBE_PRODUCERS,
            ApiKeys.DESCRIBE_TRANSACTIONS,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.SHARE_FETCH,
            ApiKeys.SHARE_ACKNOWLEDGE,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.ALTER_SHARE_GROUP_OFFSETS);

    private final RequestReader in;

    private RepeatedKeys(ByteBuffer body) {
        this.in = new RequestReader(body);
    }

    static boolean mustBeChecked(ApiKeys key) {
        return COLLECTING.contains(key);
    }

    /**
     * Walks through {@code body}, and leaves its position alone.
     *
     * @throws RuntimeException if keys are repeated, or the body does not follow the schema
     */
    static void check(Schema schema, ByteBuffer body) {
        new RepeatedKeys(body.duplicate()).walkStruct(schema);
    }

    private void walkStruct(Schema schema) {
        if (schema instanceof NullableSchema && in.readByte() < 0) {
            return;
        }
        for (BoundField field : schema.fields()) {
            walk(field.def.type);
        }
    }

    private void walk(Type type) {
        if (type instanceof TaggedFields) {
            walkTags();
        } else if (type.isArray()) {
            walkArray(type);
        } else if (type instanceof Schema schema) {
            walkStruct(schema);
        } else {
            skipPrimitive(type.toString());
        }
    }

    private void walkTags() {
        int count = in.readUnsignedVarint();
        for (int n = 0; n != count; n++) {
            in.readUnsignedVarint();
            in.readByteBuffer(in.readUnsignedVarint());
        }
    }

    private void walkArray(Type type) {
        boolean compact = type.getClass().getSimpleName().startsWith("Compact");
        int length = compact ? in.readUnsignedVarint() - 1 : in.readInt();
        if (length > in.remaining()) {
            throw new IllegalArgumentException("an array of " + length + " elements in fewer bytes");
        }
        Type element = type.arrayElementType().orElseThrow();
        boolean named = element instanceof Schema || element.toString().endsWith("STRING");
        Map<ByteBuffer, Integer> seen = new HashMap<>();
        for (int n = 0; n < length; n++) {
            int start = in.position();
            int keyEnd = walkElement(element);
            if (named
                    && length > ARRAY_LENGTH_UNCHECKED
                    && seen.merge(in.bytes(start, keyEnd), 1, Integer::sum) > ARRAY_LENGTH_UNCHECKED) {
                throw new IllegalArgumentException("an array of " + length + " elements begins more than "
                        + ARRAY_LENGTH_UNCHECKED + " with the same key");
            }
        }
    }

    /** Returns the position behind the element's key. */
    private int walkElement(Type element) {
        if (!(element instanceof Schema schema)) {
            skipPrimitive(element.toString());
            return in.position();
        }
        int keyFields = keyFields(schema);
        int keyEnd = in.position();
        for (int n = 0; n < schema.numFields(); n++) {
            walk(schema.get(n).def.type);
            if (n == keyFields - 1) {
                keyEnd = in.position();
            }
        }
        return keyEnd;
    }

    /** A resource is named by its type, one byte, and its name; some topics by a name or an id; everything else by its first field. */
    private static int keyFields(Schema schema) {
        String first = schema.get(0).def.type.toString();
        String second = schema.numFields() > 1 ? schema.get(1).def.type.toString() : "";
        boolean nameOrId = (first.equals("UUID") && second.endsWith("STRING"))
                || (first.endsWith("STRING") && second.equals("UUID"));
        return first.equals("INT8") || nameOrId ? 2 : 1;
    }

    private void skipPrimitive(String type) {
        switch (type) {
            case "BOOLEAN", "INT8" -> in.readByte();
            case "INT16", "UINT16" -> in.readShort();
            case "INT32", "UINT32" -> in.readInt();
            case "INT64", "FLOAT64" -> in.readLong();
            case "UUID" -> in.readByteBuffer(16);
            case "STRING", "NULLABLE_STRING" -> skip(in.readShort());
            case "COMPACT_STRING", "COMPACT_NULLABLE_STRING" -> skip(in.readUnsignedVarint() - 1);
            case "COMPACT_BYTES", "COMPACT_NULLABLE_BYTES", "COMPACT_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                skip(in.readUnsignedVarint() - 1);
            case "BYTES", "NULLABLE_BYTES", "RECORDS", "NULLABLE_RECORDS" -> skip(in.readInt());
            default -> throw new IllegalStateException("a schema has a field of type " + type);
        }
    }

    private void skip(int sizeBytes) {
        if (sizeBytes > 0) {
            in.readByteBuffer(sizeBytes);
        }
    }
}
