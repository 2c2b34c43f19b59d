package dev.millrace.log.producer;

/** Arithmetic of sequence numbers: 0 to {@link Integer#MAX_VALUE}, then 0 again. */
final class Sequences {

    private Sequences() {}

    static int plus(int sequence, int delta) {
        return sequence > Integer.MAX_VALUE - delta ? delta - (Integer.MAX_VALUE - sequence) - 1 : sequence + delta;
    }

    static int minus(int sequence, int delta) {
        return sequence < delta ? Integer.MAX_VALUE - (delta - sequence) + 1 : sequence - delta;
    }

    /** Whether a batch that begins with {@code next} follows one that ended with {@code last}. */
    static boolean follows(int last, int next) {
        return next == last + 1L || (next == 0 && last == Integer.MAX_VALUE);
    }
}
