package dev.millrace.control.groups.consumer;

/**
 * About how large an expression becomes when it is compiled, found out without compiling it: counted repetitions are written out, and nested ones multiply, so
 * that twenty characters can ask for gigabytes. Knows of RE2's syntax only what matters for that, and where in doubt counts more. Lives for one expression.
 */
final class ExpressionSize {

    private static final long ENDLESS = Long.MAX_VALUE / 4;

    private final String text;
    private int at;

    private ExpressionSize(String text) {
        this.text = text;
    }

    /** In instructions, about. */
    static long of(String expression) {
        ExpressionSize size = new ExpressionSize(expression);
        long total = 0;
        while (size.at < expression.length()) {
            // A ')' too many ends a group that is none.
            total = plus(total, size.group());
        }
        return total;
    }

    /** Everything up to the end of the group, or of the text. */
    private long group() {
        long total = 0;
        long last = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == ')') {
                break;
            }
            if (c == '{') {
                last = times(last, repetitions());
            } else {
                total = plus(total, last);
                last = atom(c);
            }
        }
        return plus(plus(total, last), 1);
    }

    private long atom(char c) {
        switch (c) {
            case '(' -> {
                return group();
            }
            case '[' -> skipClass();
            case '\\' -> {
                return escaped();
            }
            default -> {}
        }
        return 1;
    }

    /** A class is one instruction. It ends at the first ']' that is not the first in it. */
    private void skipClass() {
        if (at < text.length() && text.charAt(at) == '^') {
            at++;
        }
        for (boolean first = true; at < text.length(); first = false) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == ']' && !first) {
                return;
            }
        }
    }

    private long escaped() {
        if (at >= text.length() || text.charAt(at) != 'Q') {
            at++;
            return 1;
        }
        int end = text.indexOf("\\E", at);
        int quotedChars = (end < 0 ? text.length() : end) - at;
        at = end < 0 ? text.length() : end + 2;
        return quotedChars;
    }

    /** The largest number in {@code {n}}, {@code {n,}} or {@code {n,m}}; 1 if it is none of these. */
    private long repetitions() {
        long most = 1;
        long number = 0;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                number = plus(times(number, 10), c - '0');
            } else {
                most = Math.max(most, plus(number, 1));
                number = 0;
                if (c != ',') {
                    break;
                }
            }
        }
        return most;
    }

    private static long plus(long a, long b) {
        return Math.min(ENDLESS, a + b);
    }

    private static long times(long a, long b) {
        return a != 0 && b > ENDLESS / a ? ENDLESS : a * b;
    }
}
