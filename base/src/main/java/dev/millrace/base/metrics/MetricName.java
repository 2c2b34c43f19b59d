package dev.millrace.base.metrics;

import java.util.regex.Pattern;

/**
 * What a metric is called and what it says.
 *
 * @param name dotted lower-case words, from the module to the thing: {@code log.journal.sync.time}
 * @param unit {@code "ns"}, {@code "bytes"}, {@code "records"}, …
 * @param doc one whole sentence
 * @param tags {@code key=value} for each of several metrics of the same name: {@code shard=0}; empty if there is only one
 */
public record MetricName(String name, String unit, String doc, String tags) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+");
    private static final Pattern TAGS = Pattern.compile("|[a-z.]+=[^=,]+(,[a-z.]+=[^=,]+)*");

    public MetricName {
        if (!NAME.matcher(name).matches()
                || unit.isEmpty()
                || !doc.endsWith(".")
                || !TAGS.matcher(tags).matches()) {
            throw new IllegalArgumentException(
                    "a metric has a dotted lower-case name, a unit, a sentence and tags key=value,…; not " + name + " ["
                            + unit + "] \"" + doc + "\" {" + tags + "}");
        }
    }

    public MetricName(String name, String unit, String doc) {
        this(name, unit, doc, "");
    }

    /** The name with its tags: no two metrics share it. */
    public String full() {
        return tags.isEmpty() ? name : name + "{" + tags + "}";
    }
}
