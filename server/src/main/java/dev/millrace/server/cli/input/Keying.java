package dev.millrace.server.cli.input;

/** Where the key of a record comes from. */
public sealed interface Keying {

    /** Records have no key. */
    record None() implements Keying {}

    /** The key is a field of the record: of a JSON object, or a column of a CSV file. */
    record Field(String name) implements Keying {}

    /** The key stands before the first separator of the line, the value behind it. */
    record Separator(String text) implements Keying {}
}
