package dev.millrace.wire.fetch;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** What one request fetches, and how its answer is to be told. */
sealed interface FetchScope {

    /** Everything is told; {@code session} is new, and empty if there is none. */
    record Full(Collection<FetchTarget> targets, Optional<FetchSession> session) implements FetchScope {}

    /** Only news is told. */
    record Incremental(FetchSession session, Collection<FetchTarget> targets) implements FetchScope {}

    /** The client must begin again with a full request. */
    record Refused(Errors error) implements FetchScope {}
}
