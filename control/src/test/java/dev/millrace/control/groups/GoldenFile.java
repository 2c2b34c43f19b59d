package dev.millrace.control.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** The bytes that an earlier version wrote, as hexadecimal text in {@code golden/groups}. They are never changed, only added to. */
public final class GoldenFile {

    private GoldenFile() {}

    public static byte[] read(String name) {
        String path = "/golden/groups/" + name + ".hex";
        try (InputStream in = Optional.ofNullable(GoldenFile.class.getResourceAsStream(path))
                .orElseThrow(() -> new AssertionError("there is no golden file " + path))) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes sure that what is written today is what was written then. */
    public static void check(String name, byte[] written) {
        assertThat(HexFormat.of().formatHex(written))
                .as("bytes of %s", name)
                .isEqualTo(HexFormat.of().formatHex(read(name)));
    }
}
