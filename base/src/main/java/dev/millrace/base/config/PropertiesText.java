package dev.millrace.base.config;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A properties file in Java's format, in order and with the numbers of its lines, which {@link Properties} forgets. */
final class PropertiesText {

    private PropertiesText() {}

    /** One assignment; {@code number} is that of its first line, from 1. */
    record Line(int number, String key, String value) {}

    static List<Line> parse(String fileName, String text) {
        List<String> natural = text.lines().toList();
        List<Line> found = new ArrayList<>();
        for (int i = 0; i < natural.size(); i++) {
            int number = i + 1;
            String start = natural.get(i).stripLeading();
            if (start.isEmpty() || start.startsWith("#") || start.startsWith("!")) {
                continue;
            }
            StringBuilder logical = new StringBuilder(natural.get(i));
            while (continues(natural.get(i)) && i + 1 < natural.size()) {
                i++;
                logical.append('\n').append(natural.get(i));
            }
            load(fileName, number, logical.toString(), found);
        }
        return found;
    }

    private static void load(String fileName, int number, String logicalLine, List<Line> found) {
        Properties one = new Properties();
        try {
            one.load(new StringReader(logicalLine));
        } catch (IllegalArgumentException e) {
            throw new MillraceException(
                    ErrorCode.INVALID_CONFIG, fileName + ", line " + number + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        one.forEach((key, value) -> found.add(new Line(number, (String) key, (String) value)));
    }

    /** Whether the line ends in an odd number of backslashes. */
    private static boolean continues(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
