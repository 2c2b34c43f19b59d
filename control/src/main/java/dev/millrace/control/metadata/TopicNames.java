package dev.millrace.control.metadata;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.Optional;

/** Which names topics may have: Kafka's rule. */
public final class TopicNames {

    /** A directory is called {@code NAME-PARTITION} and has at most 255 characters. */
    private static final int MAX_LENGTH = 249;

    private TopicNames() {}

    /** Why {@code name} cannot be a topic's; empty if it can. Allocation-free if it can. */
    public static Optional<MillraceException> check(String name) {
        if (name.isEmpty()) {
            return invalid("Topic name is invalid: the empty string is not allowed");
        }
        if (name.equals(".") || name.equals("..")) {
            return invalid("Topic name is invalid: '" + name + "' is not allowed");
        }
        if (name.length() > MAX_LENGTH) {
            return invalid("Topic name is invalid: the length of '" + name.substring(0, 40) + "…' is " + name.length()
                    + ", longer than the maximum of " + MAX_LENGTH);
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return invalid("Topic name is invalid: '" + name
                        + "' has characters other than ASCII letters and digits, '.', '_' and '-'");
            }
        }
        return Optional.empty();
    }

    /** The name with '.' and '_' made the same, as in the names of metrics: topics whose unified names are equal collide. */
    static String unified(String name) {
        return name.replace('.', '_');
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static Optional<MillraceException> invalid(String message) {
        return Optional.of(new MillraceException(ErrorCode.INVALID_TOPIC_NAME, message));
    }
}
