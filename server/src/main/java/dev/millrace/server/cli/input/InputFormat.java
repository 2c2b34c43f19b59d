package dev.millrace.server.cli.input;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** How the input is written. */
public enum InputFormat {
    /** By the ending of the file's name; else JSON if it begins with a bracket or a brace, else lines. */
    AUTO,
    /** A JSON array of records, or JSON values one behind the other (JSON lines). */
    JSON,
    /** Comma-separated values with a header (RFC 4180); each row becomes a JSON object of strings. */
    CSV,
    /** Each line is a record. */
    LINES;

    private static final int LOOK_AHEAD_BYTES = 4096;

    /**
     * Begins to read.
     *
     * @param source how error messages call the input: the file's name, or "stdin"
     */
    public RecordReader open(InputStream input, String source, Keying keying) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(input, 64 << 10);
        InputFormat format = this == AUTO ? recognise(buffered, source) : this;
        if (format != LINES && keying instanceof Keying.Separator) {
            throw new InputException(
                    source, "--key-separator is for plain lines, and this is " + format + ": use --key-field NAME");
        }
        if (format == LINES && keying instanceof Keying.Field) {
            throw new InputException(
                    source, "--key-field is for JSON and CSV, and this is plain lines: use --key-separator");
        }
        return switch (format) {
            case JSON, AUTO -> new JsonReader(buffered, source, keying);
            case CSV -> new CsvReader(buffered, source, keying);
            case LINES -> new LineReader(buffered, source, keying);
        };
    }

    private static InputFormat recognise(BufferedInputStream input, String source) throws IOException {
        String name = source.toLowerCase(Locale.ROOT);
        if (name.endsWith(".json") || name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return JSON;
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        input.mark(LOOK_AHEAD_BYTES);
        int first = input.read();
        for (int i = 1; i < LOOK_AHEAD_BYTES && first >= 0 && first <= ' '; i++) {
            first = input.read();
        }
        input.reset();
        return first == '[' || first == '{' ? JSON : LINES;
    }
}
