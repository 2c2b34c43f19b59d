package dev.millrace.wire;

/** What a client may do, as a bit per {@code AclOperation}: without authorisation, everything that the resource knows (KIP-430). */
final class AuthorizedOperations {

    /** Read, write, create, delete, alter, describe, and both for configs. */
    static final int TOPIC = 3576;

    /** Create, alter, describe, cluster action, both for configs, idempotent write. */
    static final int CLUSTER = 8096;

    private AuthorizedOperations() {}
}
