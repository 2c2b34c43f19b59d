package dev.millrace.control.metadata;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;

/** What became of one part of a request: requests name many topics, and each succeeds or fails alone. */
public sealed interface Outcome<T> {

    record Done<T>(T value) implements Outcome<T> {}

    record Refused<T>(MillraceException failure) implements Outcome<T> {}

    static <T> Outcome<T> refused(ErrorCode code, String message) {
        return new Refused<>(new MillraceException(code, message));
    }
}
