package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigAlteration.Kind;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes of the levels of loggers: all of one request's, or none. */
final class LoggerChanges {

    private final LoggerLevels loggers;

    LoggerChanges(LoggerLevels loggers) {
        this.loggers = loggers;
    }

    /** @throws MillraceException INVALID_CONFIG or INVALID_REQUEST, and nothing is changed */
    void apply(List<Operation> operations, boolean validateOnly) {
        Map<String, String> known = loggers.all();
        for (Operation operation : operations) {
            check(operation, known);
        }
        if (!validateOnly) {
            for (Operation operation : operations) {
                loggers.set(operation.key(), operation.kind() == Kind.SET ? operation.value() : Optional.empty());
            }
        }
    }

    private static void check(Operation operation, Map<String, String> known) {
        String name = operation.key();
        if (operation.kind() != Kind.SET && operation.kind() != Kind.DELETE) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST, "the level of a logger is no list: set it, or delete it");
        }
        if (!known.containsKey(name)) {
            throw new MillraceException(ErrorCode.INVALID_CONFIG, "there is no logger " + name);
        }
        if (operation.kind() == Kind.DELETE && name.equals(LoggerLevels.ROOT)) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST, "the root logger always has a level: set another one");
        }
        if (operation.kind() == Kind.SET
                && operation.value().filter(LoggerLevels.LEVELS::contains).isEmpty()) {
            throw new MillraceException(
                    ErrorCode.INVALID_CONFIG,
                    "logger " + name + " cannot be set to " + operation.value().orElse("nothing")
                            + "; its level is FATAL, ERROR, WARN, INFO, DEBUG or TRACE");
        }
    }
}
