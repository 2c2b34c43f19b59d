package dev.millrace.control.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.TopicId;
import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.control.groups.GoldenFile;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes of a transactional id's record. */
final class TransactionCodecTest {

    private static final TopicId FLIGHTS = new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final TopicId AIRPORTS = new TopicId(0x1112131415161718L, 0x191a1b1c1d1e1f20L);

    static final Transaction ONGOING = new Transaction(
            4_000,
            (short) 7,
            3_000,
            (short) 6,
            5_000,
            60_000,
            TransactionState.PREPARE_COMMIT,
            Set.of(
                    new TransactionPartition(FLIGHTS, "flights", 3),
                    new TransactionPartition(FLIGHTS, "flights", 0),
                    new TransactionPartition(AIRPORTS, "airports", 1)),
            1_700_000_000_000L,
            1_700_000_000_250L,
            2);
    static final Transaction EMPTY = Transaction.first(4_000, 60_000, 1_700_000_000_000L);

    @Test
    void shouldKeepReadingAndWritingVersion0() {
        GoldenFile.check("transactional-id-key-v0", TransactionCodec.encodeKey("my-id"));
        GoldenFile.check("transaction-full-v0", TransactionCodec.encodeValue(ONGOING));
        GoldenFile.check("transaction-empty-v0", TransactionCodec.encodeValue(EMPTY));

        assertThat(TransactionCodec.decodeKey(GoldenFile.read("transactional-id-key-v0")))
                .isEqualTo("my-id");
        assertThat(TransactionCodec.decodeValue(GoldenFile.read("transaction-full-v0")))
                .isEqualTo(ONGOING);
        assertThat(TransactionCodec.decodeValue(GoldenFile.read("transaction-empty-v0")))
                .isEqualTo(EMPTY);
    }

    @Test
    void shouldSayWhatIsWrongWithBytesThatAreCut() {
        byte[] value = TransactionCodec.encodeValue(ONGOING);
        for (int sizeBytes = 0; sizeBytes < value.length; sizeBytes++) {
            byte[] cut = Arrays.copyOf(value, sizeBytes);
            assertThatThrownBy(() -> TransactionCodec.decodeValue(cut)).isInstanceOf(CorruptBytesException.class);
        }
    }
}
