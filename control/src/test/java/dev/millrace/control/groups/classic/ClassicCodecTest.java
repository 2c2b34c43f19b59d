package dev.millrace.control.groups.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.CorruptBytesException;
import dev.millrace.control.groups.GoldenFile;
import dev.millrace.control.groups.api.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes of a classic group's record. */
final class ClassicCodecTest {

    private static final ClassicMetadata STABLE = new ClassicMetadata(
            7,
            Optional.of("consumer"),
            Optional.of("range"),
            Optional.of("client-1"),
            1_700_000_000_000L,
            List.of(
                    new ClassicMetadata.Member(
                            "client-1",
                            Optional.empty(),
                            "client",
                            "/127.0.0.1",
                            300_000,
                            45_000,
                            List.of(new Protocol("range", bytes("r")), new Protocol("sticky", bytes(""))),
                            bytes("assigned")),
                    new ClassicMetadata.Member(
                            "instance-2",
                            Optional.of("instance"),
                            "",
                            "/127.0.0.2",
                            60_000,
                            10_000,
                            List.of(new Protocol("range", bytes("s"))),
                            bytes(""))));
    private static final ClassicMetadata EMPTY =
            new ClassicMetadata(0, Optional.empty(), Optional.empty(), Optional.empty(), 0, List.of());

    @Test
    void shouldKeepReadingAndWritingVersion0() {
        GoldenFile.check("classic-group-key-v0", ClassicCodec.encodeKey("my-group"));
        GoldenFile.check("classic-group-value-v0", ClassicCodec.encodeValue(STABLE));
        GoldenFile.check("classic-group-empty-v0", ClassicCodec.encodeValue(EMPTY));
        GoldenFile.check("classic-generation-key-v0", GenerationCodec.encodeKey("my-group"));
        GoldenFile.check("classic-generation-value-v0", GenerationCodec.encodeValue(8));

        assertThat(ClassicCodec.decodeKey(GoldenFile.read("classic-group-key-v0")))
                .isEqualTo("my-group");
        assertThat(ClassicCodec.decodeValue(GoldenFile.read("classic-group-empty-v0")))
                .isEqualTo(EMPTY);
        assertThat(GenerationCodec.decodeKey(GoldenFile.read("classic-generation-key-v0")))
                .isEqualTo("my-group");
        assertThat(GenerationCodec.decodeValue(GoldenFile.read("classic-generation-value-v0")))
                .isEqualTo(8);
        ClassicMetadata read = ClassicCodec.decodeValue(GoldenFile.read("classic-group-value-v0"));
        assertThat(read).usingRecursiveComparison().isEqualTo(STABLE);
    }

    @Test
    void shouldSayWhatIsWrongWithBytesThatAreCut() {
        byte[] value = ClassicCodec.encodeValue(STABLE);
        for (int sizeBytes = 0; sizeBytes < value.length; sizeBytes++) {
            byte[] cut = Arrays.copyOf(value, sizeBytes);
            assertThatThrownBy(() -> ClassicCodec.decodeValue(cut)).isInstanceOf(CorruptBytesException.class);
        }
        byte[] key = ClassicCodec.encodeKey("my-group");
        key[1] = 99;
        assertThatThrownBy(() -> ClassicCodec.decodeKey(key)).hasMessageContaining("something else");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
