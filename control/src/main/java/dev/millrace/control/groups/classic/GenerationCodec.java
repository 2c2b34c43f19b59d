package dev.millrace.control.groups.classic;

import dev.millrace.base.bytes.ByteReader;
import dev.millrace.base.bytes.ByteWriter;
import dev.millrace.control.groups.api.RecordKind;

/**
 * The bytes of the record that a generation was given out. Strings as {@link ByteWriter} draws them.
 *
 * <pre>
 * key    ┌───────────┬───────────┬──────────────────┐
 *        │ version 0 │ kind int8 │ group id: string │
 *        └───────────┴───────────┴──────────────────┘
 * value  ┌───────────┬───────────────────┐
 *        │ version 0 │ generation: int32 │
 *        └───────────┴───────────────────┘
 * </pre>
 */
final class GenerationCodec {

    private static final int VERSION = 0;

    private GenerationCodec() {}

    static byte[] encodeKey(String groupId) {
        return new ByteWriter()
                .version(VERSION)
                .int8(RecordKind.CLASSIC_GENERATION.id())
                .string(groupId)
                .toByteArray();
    }

    static String decodeKey(byte[] key) {
        ByteReader reader = new ByteReader(key, "the key of a generation");
        reader.version(VERSION);
        if (reader.int8() != RecordKind.CLASSIC_GENERATION.id()) {
            throw reader.corrupt("this is the key of something else");
        }
        String groupId = reader.string();
        reader.end();
        return groupId;
    }

    static byte[] encodeValue(int generation) {
        return new ByteWriter(16).version(VERSION).int32(generation).toByteArray();
    }

    static int decodeValue(byte[] value) {
        ByteReader reader = new ByteReader(value, "the record of a generation");
        reader.version(VERSION);
        int generation = reader.int32();
        reader.end();
        return generation;
    }
}
