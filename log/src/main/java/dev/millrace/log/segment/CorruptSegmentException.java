package dev.millrace.log.segment;

import java.io.IOException;

/**
 * Data that was known to be durable is missing or broken. The message names file and position, says what was found, and what to do.
 */
public final class CorruptSegmentException extends IOException {

    private static final long serialVersionUID = 1L;

    public CorruptSegmentException(String message) {
        super(message);
    }
}
