package dev.millrace.control.groups.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.control.groups.GoldenFile;
import dev.millrace.control.port.GroupOffsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The bytes of a committed offset's record. */
final class OffsetCodecTest {

    private static final GroupOffsets.Key KEY = new GroupOffsets.Key("flights", 3);
    private static final CommittedOffset FULL = new CommittedOffset(
            new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L),
            new GroupOffsets.Position(20_000, OptionalInt.of(5), "my words"),
            1_700_000_000_000L,
            OptionalLong.of(1_700_000_060_000L));
    private static final CommittedOffset BARE = new CommittedOffset(
            TopicId.ZERO,
            new GroupOffsets.Position(0, OptionalInt.empty(), ""),
            1_700_000_000_000L,
            OptionalLong.empty());

    @Test
    void shouldKeepReadingAndWritingVersion0() {
        GoldenFile.check("committed-offset-key-v0", OffsetCodec.encodeKey("my-group", KEY));
        GoldenFile.check("committed-offset-full-v0", OffsetCodec.encodeValue(FULL));
        GoldenFile.check("committed-offset-bare-v0", OffsetCodec.encodeValue(BARE));

        assertThat(OffsetCodec.decodeKey(GoldenFile.read("committed-offset-key-v0")))
                .isEqualTo(new OffsetCodec.OffsetKey("my-group", KEY));
        assertThat(OffsetCodec.decodeValue(GoldenFile.read("committed-offset-full-v0")))
                .isEqualTo(FULL);
        assertThat(OffsetCodec.decodeValue(GoldenFile.read("committed-offset-bare-v0")))
                .isEqualTo(BARE);
    }

    @Test
    void shouldSayWhatIsWrongWithBytesThatAreCut() {
        byte[] value = OffsetCodec.encodeValue(FULL);
        for (int sizeBytes = 0; sizeBytes < value.length; sizeBytes++) {
            byte[] cut = Arrays.copyOf(value, sizeBytes);
            assertThatThrownBy(() -> OffsetCodec.decodeValue(cut)).isInstanceOf(CorruptBytesException.class);
        }
    }
}
