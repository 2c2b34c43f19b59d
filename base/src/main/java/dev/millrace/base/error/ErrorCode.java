package dev.millrace.base.error;

/**
 * The closed catalogue of what can go wrong for a caller.
 *
 * <p>Exactly one function maps these to Kafka's error codes (in {@code wire}); later ones map them to HTTP and to SQL
 * states. A code belongs here only if a caller can tell it from the others by what it should do next.
 */
public enum ErrorCode {
    // The request is wrong; repeating it changes nothing.
    INVALID_REQUEST(Category.CLIENT, "The request contradicts itself or the protocol. Correct the client."),
    INVALID_CONFIG(
            Category.CLIENT,
            "A configuration key or its value is not allowed. The message names it and what is allowed."),
    INVALID_TOPIC_NAME(
            Category.CLIENT,
            "The name cannot be a topic's. Use 1 to 249 letters, digits, dots, hyphens and underscores."),
    INVALID_PARTITIONS(
            Category.CLIENT, "The number of partitions is not allowed. It is at least 1, and can only grow."),
    INVALID_REPLICATION_FACTOR(
            Category.CLIENT,
            "There are not that many servers. Use a replication factor of 1, or leave it to the server."),
    INVALID_REPLICA_ASSIGNMENT(
            Category.CLIENT,
            "The assignment names servers or partitions that cannot be. Name existing servers, for partitions from 0"
                    + " on."),
    INVALID_TIMESTAMP(
            Category.CLIENT,
            "A record's timestamp is too far from now. See message.timestamp.before.max.ms and"
                    + " message.timestamp.after.max.ms."),
    INVALID_RECORD(Category.CLIENT, "A record is not what its topic takes. Correct the producer."),
    CORRUPT_BATCH(
            Category.CLIENT,
            "The checksum or the structure of a record batch is wrong. Send it again; if that fails too, correct the"
                    + " producer."),
    UNSUPPORTED_BATCH_FORMAT(
            Category.CLIENT, "The record batch is in format 0 or 1 of old clients. Use a client that writes format 2."),
    UNSUPPORTED_CODEC(
            Category.CLIENT,
            "The batch is compressed in a way that the request's version does not allow. Use another codec or a newer"
                    + " client."),
    BATCH_TOO_LARGE(
            Category.CLIENT,
            "The batch is larger than max.message.bytes of its topic. Send smaller batches, or raise the limit."),
    SEGMENT_TOO_SMALL_FOR_APPEND(
            Category.CLIENT,
            "The append is larger than a segment of its topic. Send less at once, or raise segment.bytes."),
    TOPIC_EXISTS(Category.CLIENT, "A topic of this name exists. Use another name, or the topic that is there."),
    TOPIC_IS_INTERNAL(Category.CLIENT, "The topic belongs to the server. Clients may only read it."),
    OFFSET_OUT_OF_RANGE(
            Category.CLIENT,
            "There is no such offset: it was deleted, or lies beyond the end. Start again at the beginning or the"
                    + " end."),
    POLICY_VIOLATION(Category.CLIENT, "A rule of the server forbids it. The message names the rule."),
    INVALID_FEATURE_LEVEL(
            Category.CLIENT,
            "The feature cannot get this level. The message says which levels are allowed, and from where."),
    UNSUPPORTED_VERSION(
            Category.CLIENT, "The server does not serve this version of the request. Ask for its versions first."),

    // The caller's knowledge is out of date.
    UNKNOWN_TOPIC_OR_PARTITION(
            Category.RETRIABLE,
            "There is no such topic or partition. Refresh the metadata; create the topic if it is missing."),
    UNKNOWN_TOPIC_ID(
            Category.RETRIABLE,
            "There is no topic of this id. Refresh the metadata: it may have been deleted and created again."),
    INCONSISTENT_TOPIC_ID(
            Category.RETRIABLE,
            "The topic's id is not the one that the request holds. Refresh the metadata: it was deleted and created"
                    + " again."),
    FENCED_LEADER_EPOCH(
            Category.RETRIABLE, "The client knows an older leader epoch than the partition has. Refresh the metadata."),
    UNKNOWN_LEADER_EPOCH(
            Category.RETRIABLE, "The client knows a newer leader epoch than the partition has. Wait, and try again."),
    NOT_LEADER(Category.RETRIABLE, "Another server leads the partition. Refresh the metadata."),

    // Idempotent producers (KIP-98, KIP-360).
    DUPLICATE_SEQUENCE(
            Category.CLIENT,
            "The batch is older than the five that are remembered of its producer, and was stored before. Do not send"
                    + " it again."),
    OUT_OF_ORDER_SEQUENCE(
            Category.CLIENT,
            "Batches of the producer are missing before this one. The producer must begin a new epoch."),
    INVALID_PRODUCER_EPOCH(Category.CLIENT, "A newer producer has taken this one's place. Close it."),
    UNKNOWN_PRODUCER_ID(Category.CLIENT, "Nothing is remembered of this producer. It must begin a new epoch."),
    INVALID_TXN_STATE(
            Category.CLIENT,
            "The partition is not in an open transaction of the producer. Abort the transaction and begin a new one."),
    TRANSACTION_COORDINATOR_FENCED(
            Category.CLIENT,
            "A newer coordinator of the transaction has written to the partition. The older one must stop."),

    // Transactions (KIP-98, KIP-890).
    INVALID_TRANSACTION_TIMEOUT(Category.CLIENT, "A transaction may not last so long. See transaction.max.timeout.ms."),
    INVALID_PRODUCER_ID_MAPPING(
            Category.CLIENT,
            "The producer id is not the one that the transactional id has. The producer must begin anew."),
    PRODUCER_FENCED(
            Category.CLIENT,
            "A newer producer has the transactional id, or a transaction has timed out. Close this one."),
    CONCURRENT_TRANSACTIONS(
            Category.RETRIABLE, "The previous transaction is still being completed. Try again shortly."),
    TRANSACTION_ABORTABLE(
            Category.CLIENT, "The transaction cannot be committed any more. Abort it, and begin a new one."),
    TRANSACTIONAL_ID_NOT_FOUND(Category.CLIENT, "Nothing is known of the transactional id. Check the name."),
    UNSTABLE_OFFSET_COMMIT(
            Category.RETRIABLE, "An open transaction may still change the position. Try again when it has ended."),

    // Groups.
    COORDINATOR_LOADING(Category.RETRIABLE, "The group's state is being read after a start. Try again shortly."),
    COORDINATOR_NOT_AVAILABLE(
            Category.RETRIABLE, "The group's coordinator cannot answer now. Try again; look for it anew."),
    NOT_COORDINATOR(Category.RETRIABLE, "Another server coordinates this group. Look for its coordinator anew."),
    INVALID_GROUP_ID(Category.CLIENT, "The group's name is not allowed here. Give a name that is not empty."),
    GROUP_ID_NOT_FOUND(Category.CLIENT, "There is no such group. Check the name."),
    NON_EMPTY_GROUP(Category.CLIENT, "The group has members. Stop them first."),
    GROUP_SUBSCRIBED_TO_TOPIC(
            Category.CLIENT, "A member of the group reads the topic. Stop it before its offsets are deleted."),
    GROUP_MAX_SIZE_REACHED(Category.CLIENT, "The group has as many members as it may have. See group.max.size."),
    ILLEGAL_GENERATION(Category.CLIENT, "The member belongs to an older generation of its group. Join again."),
    INCONSISTENT_GROUP_PROTOCOL(
            Category.CLIENT,
            "The member shares no assignor or protocol type with its group. Configure all members alike."),
    FENCED_MEMBER_EPOCH(
            Category.CLIENT,
            "The member's epoch is not the one that its group knows. Give up all partitions, and join again."),
    STALE_MEMBER_EPOCH(
            Category.RETRIABLE,
            "The member's epoch is not its current one. Ask again with the epoch of the last heartbeat."),
    UNSUPPORTED_ASSIGNOR(
            Category.CLIENT,
            "The server has no such assignor. See group.consumer.assignors, or leave it to the server."),
    INVALID_REGULAR_EXPRESSION(
            Category.CLIENT, "The expression for topics cannot be read. Write it in the syntax of RE2."),
    UNKNOWN_MEMBER_ID(
            Category.CLIENT, "The group has no such member: it left or was too slow to be heard. Join again."),
    MEMBER_ID_REQUIRED(Category.CLIENT, "The member has been given an id. Join again with it."),
    FENCED_INSTANCE_ID(Category.CLIENT, "Another member has the same group.instance.id. Give each its own."),
    UNRELEASED_INSTANCE_ID(Category.CLIENT, "A live member holds the group.instance.id. Wait until it has left."),
    INVALID_SESSION_TIMEOUT(
            Category.CLIENT,
            "The session timeout is outside what the server allows. See group.min.session.timeout.ms and"
                    + " group.max.session.timeout.ms."),
    REBALANCE_IN_PROGRESS(Category.RETRIABLE, "The group is sharing out its partitions anew. Join again."),
    OFFSET_METADATA_TOO_LARGE(
            Category.CLIENT, "The text that goes with an offset is too long. See offset.metadata.max.bytes."),

    // The machine we run on.
    DISK_FULL(
            Category.RESOURCE,
            "The disk is nearly full, and appends are refused. Make room, or shorten the retention."),
    PARTITION_OFFLINE(
            Category.RESOURCE, "The partition's files cannot be used. The server's log says why; run millrace check."),
    SHUTTING_DOWN(Category.RETRIABLE, "The server is stopping. Try again when it is back."),
    OVERLOADED(Category.RETRIABLE, "The server has as much in flight as it may have. Try again shortly."),
    TIMED_OUT(Category.RETRIABLE, "It was not done in the time that the request allows. Try again."),

    // A defect of ours.
    INTERNAL(Category.INTERNAL, "A defect in Millrace. Report it, with the server's log.");

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
    private final String meaning;

    ErrorCode(Category category, String meaning) {
        this.category = category;
        this.meaning = meaning;
    }

    public Category category() {
        return category;
    }

    /** What it means, and what to do. */
    public String meaning() {
        return meaning;
    }
}
