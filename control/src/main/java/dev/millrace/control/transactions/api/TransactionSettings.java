package dev.millrace.control.transactions.api;

/**
 * The limits of transactions, under Kafka's own names where it has them.
 *
 * @param maxTimeoutMs {@code transaction.max.timeout.ms}: a producer that asks for more is refused
 * @param abortCheckIntervalMs {@code transaction.abort.timed.out.transaction.cleanup.interval.ms}
 * @param expirationMs {@code transactional.id.expiration.ms}: an id that is idle for so long is forgotten
 * @param expiryCheckIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 * @param maxParkedMs how long a request may wait for the previous transaction to complete before it hears CONCURRENT_TRANSACTIONS
 * @param maxParkedPerId how many requests of one transactional id may wait so; one more hears it at once
 */
public record TransactionSettings(
        int maxTimeoutMs,
        int abortCheckIntervalMs,
        int expirationMs,
        int expiryCheckIntervalMs,
        int maxParkedMs,
        int maxParkedPerId) {

    /** Kafka's defaults; Kafka parks nothing. */
    public static final TransactionSettings DEFAULT =
            new TransactionSettings(900_000, 10_000, 604_800_000, 3_600_000, 5_000, 64);

    public TransactionSettings {
        requirePositive("transaction.max.timeout.ms", maxTimeoutMs);
        requirePositive("transaction.abort.timed.out.transaction.cleanup.interval.ms", abortCheckIntervalMs);
        requirePositive("transactional.id.expiration.ms", expirationMs);
        requirePositive("transaction.remove.expired.transaction.cleanup.interval.ms", expiryCheckIntervalMs);
        requirePositive("the time that a request may be parked", maxParkedMs);
        requirePositive("the number of requests that may be parked", maxParkedPerId);
    }

    private static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " must be at least 1, not " + value);
        }
    }
}
