package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import dev.millrace.control.metadata.TopicReference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The contract as the port of this process keeps it, over whichever log the control plane stands on. */
abstract class LocalLogPortContract extends LogPortContract {

    private final LocalControl control;

    /** @param control its own, closed after each test */
    LocalLogPortContract(LocalControl control) {
        this.control = control;
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
