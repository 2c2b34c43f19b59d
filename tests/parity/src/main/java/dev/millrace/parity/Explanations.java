package dev.millrace.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The differences that are meant, read from the tables of {@code differences.md}: step, field, what Kafka answers, what Millrace answers, why.
 * In each of the first four cells {@code *} stands for any text, and several pieces of code for any of them. A row must explain something, and each difference must be explained.
 */
final class Explanations {
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    private final List<Row> rows;

    private record Row(String line, List<Pattern> cells) {
        boolean explains(Difference difference) {
            return cells.get(0).matcher(difference.step()).matches()
                    && cells.get(1).matcher(difference.field()).matches()
                    && cells.get(2).matcher(difference.kafka()).matches()
                    && cells.get(3).matcher(difference.millrace()).matches();
        }
    }

    private Explanations(List<Row> rows) {
        this.rows = rows;
    }

    static Explanations read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static Explanations parse(List<String> lines) {
        List<Row> rows = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith("|") || line.startsWith("|---") || line.startsWith("| Step")) {
                continue;
            }
            List<String> cells = Pattern.compile("\\|")
                    .splitAsStream(line.substring(1))
                    .map(String::strip)
                    .toList();
            if (cells.size() < 5 || cells.get(4).isEmpty()) {
                throw new IllegalArgumentException("a row must have five cells, the last of them a reason: " + line);
            }
            rows.add(new Row(
                    line, cells.subList(0, 4).stream().map(Explanations::cell).toList()));
        }
        return new Explanations(rows);
    }

    private static Pattern cell(String text) {
        List<String> alternatives =
                CODE.matcher(text).results().map(found -> found.group(1)).toList();
        String any = (alternatives.isEmpty() ? List.of(text) : alternatives)
                .stream().map(Explanations::glob).collect(Collectors.joining("|"));
        return Pattern.compile(any, Pattern.DOTALL);
    }

    private static String glob(String text) {
        return Pattern.quote(text).replace("*", "\\E.*\\Q");
    }

    /** Differences that no row explains. */
    List<Difference> unexplained(List<Difference> differences) {
        return differences.stream()
                .filter(difference -> rows.stream().noneMatch(row -> row.explains(difference)))
                .toList();
    }

    /** Rows that explain nothing: what they tell of is gone. */
    Set<String> unused(List<Difference> differences) {
        Set<String> unused = new LinkedHashSet<>();
        for (Row row : rows) {
            if (differences.stream().noneMatch(row::explains)) {
                unused.add(row.line());
            }
        }
        return unused;
    }
}
