package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import dev.millrace.control.metadata.TopicReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The port of this process keeps the contract over a log in files. */
class FilesLogPortTest extends LogPortContract {

    private final LocalControl control;

    FilesLogPortTest(@TempDir Path directory) {
        control = LocalControl.onDisk(directory);
    }

    @Override
    protected LogPort port() {
        return control.port();
    }

    @Override
    protected TopicId createTopic(String name) {
        return control.createTopic(name, 2, Map.of()).id();
    }

    @Override
    protected void deleteTopic(String name) {
        var _ = control.metadata()
                .deleteTopics(List.of(new TopicReference.ByName(name)))
                .join();
    }

    @AfterEach
    void close() {
        control.close();
    }
}
