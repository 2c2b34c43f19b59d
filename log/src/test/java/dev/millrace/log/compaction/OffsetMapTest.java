package dev.millrace.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OffsetMapTest {

    @Test
    void shouldKnowTheLastOffsetOfEachKey() {
        Random random = new Random(1);
        Map<Integer, Long> expected = new HashMap<>();
        try (OffsetMap map = new OffsetMap(8 << 20, new KeyHash(1, 2))) {
            for (long offset = 0; offset < 200_000; offset++) {
                int key = random.nextInt(50_000);
                Long before = expected.put(key, offset);
                ByteBuffer bytes = key(key);
                assertThat(map.put(bytes, 0, bytes.limit(), offset))
                        .isEqualTo(before == null ? OffsetMap.NONE : before);
            }
            expected.forEach((key, offset) ->
                    assertThat(map.get(key(key), 0, key(key).limit())).isEqualTo(offset));
            assertThat(map.entriesCount()).isEqualTo(expected.size());
            assertThat(map.get(key(-1), 0, key(-1).limit())).isEqualTo(OffsetMap.NONE);
        }
    }

    @Test
    void shouldSayThatItIsFullAndStillTakeWhatItKnows() {
        try (OffsetMap map = new OffsetMap(3_000, new KeyHash(1, 2))) {
            int taken = 0;
            while (map.put(key(taken), 0, key(taken).limit(), taken) != OffsetMap.FULL) {
                taken++;
            }

            assertThat(taken).isBetween(40, 125);
            assertThat(map.put(key(0), 0, key(0).limit(), 1_000)).isZero();
            assertThat(map.get(key(taken), 0, key(taken).limit())).isEqualTo(OffsetMap.NONE);
        }
    }

    @Test
    void shouldGiveEachLengthItsOwnHashWhereverTheBytesLie() {
        KeyHash hash = new KeyHash(0x0706_0504_0302_0100L, 0x0F0E_0D0C_0B0A_0908L);
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Map<Long, Integer> seen = new HashMap<>();
        for (int size = 0; size <= bytes.length; size++) {
            hash.hash(ByteBuffer.wrap(bytes), 0, size);
            long high = hash.high;
            long low = hash.low;
            assertThat(seen.put(high, size)).isNull();
            assertThat(seen.put(low, size)).isNull();
            ByteBuffer direct = ByteBuffer.allocateDirect(100).put(3, bytes, 0, size);
            hash.hash(direct, 3, size);
            assertThat(hash.high).isEqualTo(high);
            assertThat(hash.low).isEqualTo(low);
        }
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.wrap(("key-" + number + "-".repeat(Math.abs(number) % 13)).getBytes(StandardCharsets.UTF_8));
    }
}
