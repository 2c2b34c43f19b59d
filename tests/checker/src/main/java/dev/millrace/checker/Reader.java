package dev.millrace.checker;

/**
 * Who reads.
 *
 * @param name one consumer, from its creation to its end
 * @param group the consumers that share its work; a consumer that reads alone is its own group
 * @param isolation of all its reads
 */
public record Reader(String name, String group, Isolation isolation) {

    /** A consumer that reads alone. */
    public static Reader alone(String name, Isolation isolation) {
        return new Reader(name, name, isolation);
    }
}
