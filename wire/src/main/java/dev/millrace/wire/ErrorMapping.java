package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** The one place where our errors become Kafka's. Stateless. */
public final class ErrorMapping {

    private static final int MESSAGE_MAX_CHARS = 2_000;

    private ErrorMapping() {}

    /** Kafka's error for a code of the catalogue. Total: a new code does not compile until it is mapped. */
    public static Errors errors(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST -> Errors.INVALID_REQUEST;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
            case INVALID_TOPIC_NAME, TOPIC_IS_INTERNAL -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> Errors.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> Errors.INVALID_REPLICATION_FACTOR;
            case INVALID_REPLICA_ASSIGNMENT -> Errors.INVALID_REPLICA_ASSIGNMENT;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case INVALID_RECORD -> Errors.INVALID_RECORD;
            case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
            case UNSUPPORTED_BATCH_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case UNSUPPORTED_CODEC -> Errors.UNSUPPORTED_COMPRESSION_TYPE;
            case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case SEGMENT_TOO_SMALL_FOR_APPEND -> Errors.RECORD_LIST_TOO_LARGE;
            case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case POLICY_VIOLATION -> Errors.POLICY_VIOLATION;
            case INVALID_FEATURE_LEVEL -> Errors.INVALID_UPDATE_VERSION;
            case UNSUPPORTED_VERSION -> Errors.UNSUPPORTED_VERSION;
            case UNKNOWN_TOPIC_OR_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case UNKNOWN_TOPIC_ID -> Errors.UNKNOWN_TOPIC_ID;
            case INCONSISTENT_TOPIC_ID -> Errors.INCONSISTENT_TOPIC_ID;
            case FENCED_LEADER_EPOCH -> Errors.FENCED_LEADER_EPOCH;
            case UNKNOWN_LEADER_EPOCH -> Errors.UNKNOWN_LEADER_EPOCH;
            // Clients answer a shutdown as they answer a move: look up the leader again, then retry.
            case NOT_LEADER, SHUTTING_DOWN -> Errors.NOT_LEADER_OR_FOLLOWER;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case UNKNOWN_PRODUCER_ID -> Errors.UNKNOWN_PRODUCER_ID;
            case INVALID_TXN_STATE -> Errors.INVALID_TXN_STATE;
            case TRANSACTION_COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case INVALID_TRANSACTION_TIMEOUT -> Errors.INVALID_TRANSACTION_TIMEOUT;
            case INVALID_PRODUCER_ID_MAPPING -> Errors.INVALID_PRODUCER_ID_MAPPING;
            case PRODUCER_FENCED -> Errors.PRODUCER_FENCED;
            case CONCURRENT_TRANSACTIONS -> Errors.CONCURRENT_TRANSACTIONS;
            case TRANSACTION_ABORTABLE -> Errors.TRANSACTION_ABORTABLE;
            case TRANSACTIONAL_ID_NOT_FOUND -> Errors.TRANSACTIONAL_ID_NOT_FOUND;
            case UNSTABLE_OFFSET_COMMIT -> Errors.UNSTABLE_OFFSET_COMMIT;
            case COORDINATOR_LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case COORDINATOR_NOT_AVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_COORDINATOR -> Errors.NOT_COORDINATOR;
            case INVALID_GROUP_ID -> Errors.INVALID_GROUP_ID;
            case GROUP_ID_NOT_FOUND -> Errors.GROUP_ID_NOT_FOUND;
            case NON_EMPTY_GROUP -> Errors.NON_EMPTY_GROUP;
            case GROUP_SUBSCRIBED_TO_TOPIC -> Errors.GROUP_SUBSCRIBED_TO_TOPIC;
            case GROUP_MAX_SIZE_REACHED -> Errors.GROUP_MAX_SIZE_REACHED;
            case ILLEGAL_GENERATION -> Errors.ILLEGAL_GENERATION;
            case INCONSISTENT_GROUP_PROTOCOL -> Errors.INCONSISTENT_GROUP_PROTOCOL;
            case FENCED_MEMBER_EPOCH -> Errors.FENCED_MEMBER_EPOCH;
            case STALE_MEMBER_EPOCH -> Errors.STALE_MEMBER_EPOCH;
            case UNSUPPORTED_ASSIGNOR -> Errors.UNSUPPORTED_ASSIGNOR;
            case INVALID_REGULAR_EXPRESSION -> Errors.INVALID_REGULAR_EXPRESSION;
            case UNKNOWN_MEMBER_ID -> Errors.UNKNOWN_MEMBER_ID;
            case MEMBER_ID_REQUIRED -> Errors.MEMBER_ID_REQUIRED;
            case FENCED_INSTANCE_ID -> Errors.FENCED_INSTANCE_ID;
            case UNRELEASED_INSTANCE_ID -> Errors.UNRELEASED_INSTANCE_ID;
            case INVALID_SESSION_TIMEOUT -> Errors.INVALID_SESSION_TIMEOUT;
            case REBALANCE_IN_PROGRESS -> Errors.REBALANCE_IN_PROGRESS;
            case OFFSET_METADATA_TOO_LARGE -> Errors.OFFSET_METADATA_TOO_LARGE;
            case DISK_FULL, PARTITION_OFFLINE -> Errors.KAFKA_STORAGE_ERROR;
            case OVERLOADED, TIMED_OUT -> Errors.REQUEST_TIMED_OUT;
            case INTERNAL -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /** Kafka's error for whatever a handler's future failed with; a defect becomes UNKNOWN_SERVER_ERROR. */
    public static Errors errors(Throwable failure) {
        return switch (cause(failure)) {
            case MillraceException known -> errors(known.code());
            case ApiException kafka -> Errors.forException(kafka);
            default -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /** What to tell the client beside the code. Says nothing about the inside of a defect. */
    public static String message(Throwable failure) {
        Throwable cause = cause(failure);
        boolean forClients = cause instanceof MillraceException || cause instanceof ApiException;
        String message = forClients ? cause.getMessage() : null;
        return message != null ? shortened(message) : errors(failure).message();
    }

    /** What a client is quoted in a message may be as long as a field can be; with a word more the answer could not be written. */
    private static String shortened(String message) {
        return message.length() <= MESSAGE_MAX_CHARS ? message : message.substring(0, MESSAGE_MAX_CHARS) + "…";
    }

    /** The failure itself, without the wrappers that futures put around it. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
