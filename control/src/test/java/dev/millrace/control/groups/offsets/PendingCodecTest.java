package dev.millrace.control.groups.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.GoldenFile;
import dev.millrace.control.port.GroupOffsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The bytes of a pending offset's record. */
final class PendingCodecTest {

    static final PendingCodec.PendingKey KEY = new PendingCodec.PendingKey(
            4_000, new OffsetCodec.OffsetKey("my-group", new GroupOffsets.Key("flights", 3)));
    static final PendingOffset PENDING = new PendingOffset(
            (short) 7,
            new CommittedOffset(
                    new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L),
                    new GroupOffsets.Position(20_000, OptionalInt.of(5), "my words"),
                    1_700_000_000_000L,
                    OptionalLong.empty()));

    @Test
    void shouldKeepReadingAndWritingVersion0() {
        GoldenFile.check("pending-offset-key-v0", PendingCodec.encodeKey(KEY));
        GoldenFile.check("pending-offset-value-v0", PendingCodec.encodeValue(PENDING));

        assertThat(PendingCodec.decodeKey(GoldenFile.read("pending-offset-key-v0")))
                .isEqualTo(KEY);
        assertThat(PendingCodec.decodeValue(GoldenFile.read("pending-offset-value-v0")))
                .isEqualTo(PENDING);
    }
}
