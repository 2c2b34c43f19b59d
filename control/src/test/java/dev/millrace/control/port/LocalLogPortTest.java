package dev.millrace.control.port;

import dev.millrace.base.TopicId;
import dev.millrace.control.metadata.TopicReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The port of this process keeps the contract, whatever keeps its bytes. */
class LocalLogPortTest {

    private abstract static class Local extends LogPortContract {

        private final LocalControl control;

        Local(LocalControl control) {
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

    @Nested
    class InMemory extends Local {
        InMemory() {
            super(LocalControl.inMemory());
        }
    }

    @Nested
    class InFiles extends Local {
        InFiles(@TempDir Path directory) {
            super(LocalControl.onDisk(directory));
        }
    }
}
