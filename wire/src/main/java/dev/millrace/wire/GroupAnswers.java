package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** What the handlers of groups have in common. Stateless. */
final class GroupAnswers {

    /** One bit each, at the number of the ACL operation: READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
    static final int EVERY_OPERATION = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    private GroupAnswers() {}

    /** Where the client is, as descriptions of groups show it: {@code /127.0.0.1}. */
    static String clientHost(RequestContext context) {
        InetAddress address = context.remoteAddress().getAddress();
        return address == null ? "" : "/" + address.getHostAddress();
    }

    /** Kafka's number for what became of one member or partition; 0 if nothing went wrong. */
    static short code(Optional<ErrorCode> error) {
        return error.map(ErrorMapping::errors).orElse(Errors.NONE).code();
    }
}
