package dev.millrace.interop.applications;

import java.util.stream.Stream;

/**
 * The topics of one run of the Streams application.
 *
 * @param prefix what all their names begin with
 */
record StreamsTopics(String prefix) {
    /** How long a window of {@link #windows()} is. */
    static final long WINDOW_MS = 1_000;

    /** Values are words with spaces between them. */
    String lines() {
        return prefix + "-lines";
    }

    /** By user: where the user lives. Read as a table. */
    String homes() {
        return prefix + "-homes";
    }

    /** By user: visits, each joined with the user's home. */
    String visits() {
        return prefix + "-visits";
    }

    /** By order: joined with payments. */
    String orders() {
        return prefix + "-orders";
    }

    String payments() {
        return prefix + "-payments";
    }

    /** By word: how often it came so far. */
    String counts() {
        return prefix + "-counts";
    }

    /** By word and window: how often it came so far. */
    String windows() {
        return prefix + "-windows";
    }

    /** The key of a windowed count. */
    static String window(String word, long startMs) {
        return word + "@" + startMs;
    }

    /** Visits with homes. */
    String visited() {
        return prefix + "-visited";
    }

    /** Orders with payments. */
    String paid() {
        return prefix + "-paid";
    }

    String[] inputs() {
        return new String[] {lines(), homes(), visits(), orders(), payments()};
    }

    String[] outputs() {
        return new String[] {counts(), windows(), visited(), paid()};
    }

    String[] all() {
        return Stream.of(inputs(), outputs()).flatMap(Stream::of).toArray(String[]::new);
    }
}
