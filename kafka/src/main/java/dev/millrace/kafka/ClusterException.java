package dev.millrace.kafka;

/** Why a cluster could not do what it was asked, in words for the person who asked: what was wrong, where, and what to do. */
public final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClusterException(String message) {
        super(message);
    }

    ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
