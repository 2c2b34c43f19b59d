package dev.millrace.server.cli.input;

/** The input is not what it was said to be: says in which line and column, and what is wrong there. */
public final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InputException(String source, long line, long column, String problem) {
        super(source + ": line " + line + ", column " + column + ": " + problem);
    }

    InputException(String source, String problem) {
        super(source + ": " + problem);
    }
}
