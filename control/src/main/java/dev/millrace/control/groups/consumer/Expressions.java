package dev.millrace.control.groups.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.ClusterView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which topics match the expressions of members, and the one place where clients' expressions are compiled. RE2's syntax, as in Kafka: whatever a client sends takes time that is linear in the length of a
 * name. What was found out is kept until the topics change. Not thread-safe.
 */
public final class Expressions {

    /** Far above what the groups of one machine use; a bound on what clients can make us remember. */
    private static final int MAX_KEPT = 10_000;

    /** Instructions, about; a name has 249 characters at most. */
    private static final long MAX_SIZE = 20_000;

    private final Map<String, List<String>> matches = new HashMap<>();

    /** Makes sure that the expression can be read, and does not take the memory of all others. */
    static void check(String expression) {
        Predicate<String> _ = compiled("SubscribedTopicRegex", expression);
    }

    /**
     * Whether names match the expression as a whole. Thread-safe.
     *
     * @param field what the client calls the expression
     * @throws MillraceException INVALID_REGULAR_EXPRESSION if it cannot be read, or would take the memory of all others
     */
    public static Predicate<String> compiled(String field, String expression) {
        if (ExpressionSize.of(expression) > MAX_SIZE) {
            throw new MillraceException(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    field + " is too large when its repetitions are written out: list what is meant by name, or repeat"
                            + " less.");
        }
        try {
            return Pattern.compile(expression)::matches;
        } catch (PatternSyntaxException e) {
            throw new MillraceException(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    field + " `" + expression + "` is not a valid regular expression: " + e.getDescription() + ".");
        }
    }

    /** The names of all topics that match as a whole. */
    List<String> matching(String expression, ClusterView cluster) {
        if (matches.size() >= MAX_KEPT) {
            matches.clear();
        }
        return matches.computeIfAbsent(expression, e -> {
            Pattern pattern = Pattern.compile(e);
            return cluster.topicNames().stream()
                    .filter(name -> pattern.matcher(name).matches())
                    .toList();
        });
    }

    boolean matches(String expression, String topic) {
        return Pattern.compile(expression).matches(topic);
    }

    /** The topics have changed. */
    void forget() {
        matches.clear();
    }
}
