package dev.millrace.control.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedMetadataTest {

    private static final int MAGIC_POSITION = 16;

    /** An empty image would make orphans of all partitions, and orphans are deleted. */
    @Test
    void shouldNotTakeMetadataThatCannotBeReadForNone(@TempDir Path directory) throws IOException {
        try (LocalControl control = LocalControl.onDisk(directory)) {
            control.createTopic("kept", 1, Map.of());
        }
        Path segment = directory.resolve("topics/__millrace_metadata-0/00000000000000000000.log");
        flipBit(segment);
        assertThatThrownBy(() -> LocalControl.onDisk(directory).close()).hasMessageContaining("__millrace_metadata");
        flipBit(segment);
        try (LocalControl control = LocalControl.onDisk(directory)) {
            assertThat(control.metadata().image().topic("kept")).isPresent();
        }
    }

    private static void flipBit(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[MAGIC_POSITION] ^= 1;
        Files.write(file, bytes);
    }
}
