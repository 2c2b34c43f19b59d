package dev.millrace.server.cli;

/** A command cannot do what it was asked to, for a reason that the message tells the user. Ends with exit code 1. */
final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }
}
