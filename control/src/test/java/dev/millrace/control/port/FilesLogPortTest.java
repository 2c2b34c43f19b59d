package dev.millrace.control.port;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The port of this process keeps the contract over a log in files. */
class FilesLogPortTest extends LocalLogPortContract {

    FilesLogPortTest(@TempDir Path directory) {
        super(LocalControl.onDisk(directory));
    }
}
