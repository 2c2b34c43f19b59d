package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import dev.millrace.control.metadata.TopicReference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The port of this process keeps the contract over a log in memory. */
class MemoryLogPortTest extends LogPortContract {

    private final LocalControl control;

    MemoryLogPortTest() {
        control = LocalControl.inMemory();
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
