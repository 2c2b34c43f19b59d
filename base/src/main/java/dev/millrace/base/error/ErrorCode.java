package dev.millrace.base.error;

/**
 * The closed catalogue of what can go wrong for a caller.
 *
 * <p>Exactly one function maps these to Kafka's error codes (in {@code wire}); later ones map them to HTTP and to SQL
 * states. A code belongs here only if a caller can tell it from the others by what it should do next.
 */
public enum ErrorCode {
    // The request is wrong; repeating it changes nothing.
    INVALID_REQUEST(Category.CLIENT),
    INVALID_CONFIG(Category.CLIENT),
    INVALID_TOPIC_NAME(Category.CLIENT),
    INVALID_PARTITIONS(Category.CLIENT),
    INVALID_REPLICATION_FACTOR(Category.CLIENT),
    INVALID_REPLICA_ASSIGNMENT(Category.CLIENT),
    INVALID_TIMESTAMP(Category.CLIENT),
    INVALID_RECORD(Category.CLIENT),
    CORRUPT_BATCH(Category.CLIENT),
    UNSUPPORTED_BATCH_FORMAT(Category.CLIENT),
    UNSUPPORTED_CODEC(Category.CLIENT),
    BATCH_TOO_LARGE(Category.CLIENT),
    SEGMENT_TOO_SMALL_FOR_APPEND(Category.CLIENT),
    TOPIC_EXISTS(Category.CLIENT),
    TOPIC_IS_INTERNAL(Category.CLIENT),
    OFFSET_OUT_OF_RANGE(Category.CLIENT),
    POLICY_VIOLATION(Category.CLIENT),
    UNSUPPORTED_VERSION(Category.CLIENT),

    // The caller's knowledge is out of date.
    UNKNOWN_TOPIC_OR_PARTITION(Category.RETRIABLE),
    UNKNOWN_TOPIC_ID(Category.RETRIABLE),
    INCONSISTENT_TOPIC_ID(Category.RETRIABLE),
    FENCED_LEADER_EPOCH(Category.RETRIABLE),
    UNKNOWN_LEADER_EPOCH(Category.RETRIABLE),
    NOT_LEADER(Category.RETRIABLE),

    // Idempotent producers (KIP-98, KIP-360).
    DUPLICATE_SEQUENCE(Category.CLIENT),
    OUT_OF_ORDER_SEQUENCE(Category.CLIENT),
    INVALID_PRODUCER_EPOCH(Category.CLIENT),
    UNKNOWN_PRODUCER_ID(Category.CLIENT),
    TRANSACTIONS_NOT_AVAILABLE(Category.CLIENT),

    // Groups.
    COORDINATOR_LOADING(Category.RETRIABLE),
    COORDINATOR_NOT_AVAILABLE(Category.RETRIABLE),
    NOT_COORDINATOR(Category.RETRIABLE),
    INVALID_GROUP_ID(Category.CLIENT),
    GROUP_ID_NOT_FOUND(Category.CLIENT),
    NON_EMPTY_GROUP(Category.CLIENT),
    GROUP_SUBSCRIBED_TO_TOPIC(Category.CLIENT),
    GROUP_MAX_SIZE_REACHED(Category.CLIENT),
    ILLEGAL_GENERATION(Category.CLIENT),
    INCONSISTENT_GROUP_PROTOCOL(Category.CLIENT),
    UNKNOWN_MEMBER_ID(Category.CLIENT),
    MEMBER_ID_REQUIRED(Category.CLIENT),
    FENCED_INSTANCE_ID(Category.CLIENT),
    UNRELEASED_INSTANCE_ID(Category.CLIENT),
    INVALID_SESSION_TIMEOUT(Category.CLIENT),
    REBALANCE_IN_PROGRESS(Category.RETRIABLE),
    OFFSET_METADATA_TOO_LARGE(Category.CLIENT),

    // The machine we run on.
    DISK_FULL(Category.RESOURCE),
    PARTITION_OFFLINE(Category.RESOURCE),
    SHUTTING_DOWN(Category.RETRIABLE),
    OVERLOADED(Category.RETRIABLE),
    TIMED_OUT(Category.RETRIABLE),

    // A defect of ours.
    INTERNAL(Category.INTERNAL);

    /** What kind of failure this is, and so who can do something about it. */
    public enum Category {
        /** The caller must change the request. */
        CLIENT,
        /** The same request may succeed later, or after a look at fresh metadata. */
        RETRIABLE,
        /** An operator must act: disk space, a broken disk. */
        RESOURCE,
        /** A defect in Millrace. */
        INTERNAL
    }

    private final Category category;

    ErrorCode(Category category) {
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
