package dev.millrace.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a handler: its first paragraph names API, key and versions, the others say what it does.
 *
 * @param versions such as {@code 3–13}
 * @param paragraphs in Markdown; entries of lists begin with a hyphen
 */
record HandlerHeader(int key, String name, String versions, List<String> paragraphs) {
    private static final Pattern JAVADOC =
            Pattern.compile("/\\*\\*(.*?)\\*/\\s*(?:@\\w+\\s*)*(?:public )?final class H\\d\\d_", Pattern.DOTALL);
    private static final Pattern PARAGRAPH = Pattern.compile("<p>|</?ul>|(?=<li>)");
    private static final Pattern FIRST =
            Pattern.compile("(\\w+) \\(key (\\d+)\\), versions? (\\d+)(?: (?:to|and) (\\d+))?(.*)", Pattern.DOTALL);

    /**
     * Reads the header from a handler's source.
     *
     * @throws IllegalStateException if there is none, or it does not begin as all do
     */
    static HandlerHeader parse(String file, String source) {
        Matcher javadoc = JAVADOC.matcher(source);
        if (!javadoc.find()) {
            throw new IllegalStateException(file + " has no header");
        }
        List<String> paragraphs = paragraphs(javadoc.group(1));
        Matcher first = FIRST.matcher(paragraphs.removeFirst());
        if (!first.matches()) {
            throw new IllegalStateException(file + ": its header must begin with 'Name (key N), versions A to B.'");
        }
        int min = Integer.parseInt(first.group(3));
        int max = first.group(4) == null ? min : Integer.parseInt(first.group(4));
        String rest = first.group(5).replaceFirst("^\\.\\s*", "").strip();
        rest = rest.replaceFirst("^\\((KIP-\\d+)\\)\\.", "See $1.");
        if (!rest.isEmpty()) {
            paragraphs.addFirst(rest);
        }
        return new HandlerHeader(Integer.parseInt(first.group(2)), first.group(1), range(min, max), paragraphs);
    }

    static String range(int min, int max) {
        return min == max ? Integer.toString(min) : min + "–" + max;
    }

    /** A section of its own. */
    String markdown() {
        StringBuilder text = new StringBuilder("### " + key + ": " + name + ", " + versions + "\n\n");
        boolean inList = false;
        for (String paragraph : paragraphs) {
            boolean entry = paragraph.startsWith("- ");
            if (inList && !entry) {
                text.append('\n');
            }
            text.append(paragraph).append(entry ? "\n" : "\n\n");
            inList = entry;
        }
        return text.toString().stripTrailing() + "\n";
    }

    private static List<String> paragraphs(String javadoc) {
        StringBuilder plain = new StringBuilder();
        javadoc.lines()
                .forEach(line ->
                        plain.append(line.strip().replaceFirst("^\\* ?", "")).append('\n'));
        List<String> paragraphs = new ArrayList<>();
        for (String part : PARAGRAPH.splitAsStream(plain).toList()) {
            String text = part.replace("<li>", "- ").replaceAll("\\s+", " ").strip();
            text = text.replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`").replaceAll("</?em>", "*");
            if (!text.isEmpty()) {
                paragraphs.add(text);
            }
        }
        return paragraphs;
    }
}
