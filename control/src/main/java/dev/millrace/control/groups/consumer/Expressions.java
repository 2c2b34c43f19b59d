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

    /** The names in all that is kept. */
    private static final int MAX_KEPT_NAMES = 1_000_000;

    /** Instructions, about; a name has 249 characters at most. */
    private static final long MAX_SIZE = 1_000;

    /** Instructions times characters of all names: what one evaluation may take of the time of the machine. */
    private static final long MAX_STEPS = 50_000_000;

    private final Map<String, List<String>> matches = new HashMap<>();
    private int keptNamesCount;

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

    /**
     * Makes sure that finding the topics of an expression that {@link #check} has let through does not hold up all others. To be asked when a
     * member comes with it: a group that has it goes on with it, however many topics come.
     *
     * @throws MillraceException INVALID_REGULAR_EXPRESSION if it would
     */
    void checkSteps(String expression, ClusterView cluster) {
        if (matches.containsKey(expression)) {
            return;
        }
        long namesChars = 0;
        for (String name : cluster.topicNames()) {
            namesChars += name.length();
        }
        if (ExpressionSize.of(expression) * namesChars > MAX_STEPS) {
            throw new MillraceException(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex is too large for so many topics: list what is meant by name, or repeat"
                            + " less.");
        }
    }

    /** The names of all topics that match as a whole. */
    List<String> matching(String expression, ClusterView cluster) {
        List<String> known = matches.get(expression);
        if (known != null) {
            return known;
        }
        Pattern pattern = Pattern.compile(expression);
        List<String> names = cluster.topicNames().stream()
                .filter(name -> pattern.matcher(name).matches())
                .toList();
        if (matches.size() >= MAX_KEPT || keptNamesCount + names.size() > MAX_KEPT_NAMES) {
            forget();
        }
        matches.put(expression, names);
        keptNamesCount += names.size();
        return names;
    }

    boolean matches(String expression, String topic) {
        return Pattern.compile(expression).matches(topic);
    }

    /** The topics have changed. */
    void forget() {
        matches.clear();
        keptNamesCount = 0;
    }
}
