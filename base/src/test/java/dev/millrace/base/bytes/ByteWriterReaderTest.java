package dev.millrace.base.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.TopicId;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteWriterReaderTest {

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                63,
                64,
                -64,
                -65,
                127,
                128,
                300,
                1L << 31,
                (1L << 31) - 1,
                -(1L << 31),
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void shouldReadBackNumbers(long number) {
        byte[] bytes = new ByteWriter()
                .version(3)
                .bool(true)
                .int8((byte) number)
                .int16((short) number)
                .int32((int) number)
                .int64(number)
                .varint((int) number)
                .varlong(number)
                .count((int) number & Integer.MAX_VALUE & 0xff)
                .raw(new byte[256])
                .toByteArray();
        ByteReader reader = new ByteReader(bytes, "numbers");
        assertThat(reader.version(3)).isEqualTo(3);
        assertThat(reader.bool()).isTrue();
        assertThat(reader.int8()).isEqualTo((byte) number);
        assertThat(reader.int16()).isEqualTo((short) number);
        assertThat(reader.int32()).isEqualTo((int) number);
        assertThat(reader.int64()).isEqualTo(number);
        assertThat(reader.varint()).isEqualTo((int) number);
        assertThat(reader.varlong()).isEqualTo(number);
        assertThat(reader.count(1)).isEqualTo((int) number & 0xff);
        assertThat(reader.remaining()).isEqualTo(256);
    }

    @Test
    void shouldReadBackTextBytesAndIds() {
        TopicId id = new TopicId(-7, Long.MIN_VALUE);
        String text = "Gefäß \uD83D\uDE80 ".repeat(50);
        ByteWriter writer = new ByteWriter(1)
                .string("")
                .string(text)
                .bytes(new byte[] {1, 2})
                .topicId(id);
        ByteReader reader = new ByteReader(writer.toByteArray(), "a value");
        assertThat(writer.sizeBytes()).isEqualTo(writer.toByteArray().length);
        assertThat(reader.string()).isEmpty();
        assertThat(reader.string()).isEqualTo(text);
        assertThat(reader.bytes()).containsExactly(1, 2);
        assertThat(reader.topicId()).isEqualTo(id);
        reader.end();
    }

    @Test
    void shouldSayWhatIsWrongAndWhere() {
        assertCorrupt("byte 0 of 1: format version 9 is not one of 0 to 2", r -> r.version(2), 9);
        assertCorrupt("byte 0 of 1: a boolean is 0 or 1, not 2", ByteReader::bool, 2);
        assertCorrupt("byte 0 of 3: 4 bytes are needed and 3 are left", ByteReader::int32, 1, 2, 3);
        assertCorrupt("a variable-length number is longer than 5 bytes", ByteReader::varint, -1, -1, -1, -1, -1, 1);
        assertCorrupt("a varint has at most 32 bits", ByteReader::varint, -1, -1, -1, -1, 0x7f);
        assertCorrupt("a count of 34359738367 elements", r -> r.count(1), -1, -1, -1, -1, 0x7f);
        assertCorrupt(
                "a count of 3 elements of at least 2 bytes does not fit into the 5", r -> r.count(2), 3, 0, 0, 0, 0, 0);
        assertCorrupt("a count of 100 elements", ByteReader::string, 100, 'a');
        assertCorrupt("a string of 2 bytes is not UTF-8", ByteReader::string, 2, 0xc3, 0x28);
        assertCorrupt("byte 0 of 2: 2 bytes are left over", ByteReader::end, 1, 2);
    }

    @Test
    void shouldMeetEveryRandomInputWithAValueOrAnError() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            ByteReader reader = new ByteReader(bytes, "noise");
            try {
                while (reader.remaining() > 0) {
                    readOne(reader, random.nextInt(10));
                }
                reader.end();
            } catch (CorruptBytesException e) {
                assertThat(e).hasMessageStartingWith("noise is corrupt at byte ");
            }
        }
    }

    @Test
    void shouldRefuseToWriteWhatCannotBeRead() {
        assertThatThrownBy(() -> new ByteWriter().version(128)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteWriter().count(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void readOne(ByteReader reader, int kind) {
        switch (kind) {
            case 0 -> reader.bool();
            case 1 -> reader.int16();
            case 2 -> reader.int32();
            case 3 -> reader.int64();
            case 4 -> reader.varint();
            case 5 -> reader.varlong();
            case 6 -> reader.count(3);
            case 7 -> reader.string();
            case 8 -> reader.bytes();
            default -> reader.topicId();
        }
    }

    private static void assertCorrupt(String message, Consumer<ByteReader> read, int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        assertThatThrownBy(() -> read.accept(new ByteReader(array, "the value")))
                .isInstanceOf(CorruptBytesException.class)
                .hasMessageStartingWith("the value is corrupt at byte ")
                .hasMessageContaining(message);
    }
}
