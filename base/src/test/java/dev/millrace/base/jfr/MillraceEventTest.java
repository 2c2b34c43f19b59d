package dev.millrace.base.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MillraceEventTest {

    @Name("millrace.TestStop")
    private static final class TestStop extends MillraceEvent {
        @SuppressWarnings("unused") // The recorder reads it.
        private long sizeBytes;
    }

    @TempDir
    private Path directory;

    @Test
    void shouldRecordUnderOurCategoryWithoutStackTraces() throws Exception {
        Path file = directory.resolve("test.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            TestStop event = new TestStop();
            event.begin();
            event.sizeBytes = 7;
            event.commit();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> ours = RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().equals("millrace.TestStop"))
                .toList();
        assertThat(ours).hasSize(1);
        assertThat(ours.getFirst().getLong("sizeBytes")).isEqualTo(7);
        assertThat(ours.getFirst().getEventType().getCategoryNames()).containsExactly("Millrace");
        assertThat(ours.getFirst().getStackTrace()).isNull();
    }
}
