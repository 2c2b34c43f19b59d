package dev.millrace.parity;

/** A part of the script, with topics and groups of its own. */
interface Chapter {
    /** The name of its recording, and what its topics and groups are called after. */
    String name();

    /** Sends its requests, in order. */
    void play(Stage stage);
}
