package dev.millrace.server.cli.input;

import java.io.IOException;
import java.util.Optional;

/** Reads one record after the other. Not thread-safe. */
public interface RecordReader {

    /**
     * The next record; empty at the end of the input.
     *
     * @throws InputException if the input cannot be read as what it should be
     */
    Optional<InputRecord> next() throws IOException;
}
