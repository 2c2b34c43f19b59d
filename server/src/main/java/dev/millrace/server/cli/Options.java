package dev.millrace.server.cli;

import dev.millrace.kafka.StartPosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Small things that several commands do with their options. */
final class Options {

    private Options() {}

    /** picocli gives null for an option that may be repeated and is not there. */
    static Map<String, String> given(@Nullable Map<String, String> repeated) {
        return repeated == null ? Map.of() : repeated;
    }

    /** As {@link #given(Map)}. */
    static List<String> given(@Nullable List<String> repeated) {
        return repeated == null ? List.of() : repeated;
    }

    static String plural(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    static String commas(Collection<?> elements) {
        return elements.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /**
     * Reads a place in a log: {@code beginning}, {@code end}, an offset, a point in time (ISO 8601, UTC if it names no zone), or a
     * duration before now ({@code 15m}; s, m, h, d).
     */
    static StartPosition position(String text, long nowMs) {
        if (text.equalsIgnoreCase("beginning")) {
            return new StartPosition.Beginning();
        }
        if (text.equalsIgnoreCase("end")) {
            return new StartPosition.End();
        }
        try {
            if (text.matches("[0-9]+")) {
                return new StartPosition.AtOffset(Long.parseLong(text));
            }
            if (text.matches("-?[0-9]{1,9}[smhd]")) {
                return new StartPosition.AtTime(nowMs - durationMs(text.replace("-", "")));
            }
            return new StartPosition.AtTime(timestampMs(text));
        } catch (DateTimeException | NumberFormatException e) {
            throw new CommandException(
                    "cannot read \"" + text + "\" as a place in the log: expected beginning, end, an offset"
                            + " (1234), a time (2026-01-31, 2026-01-31T18:30:00Z) or how long ago (15m; s, m, h, d)");
        }
    }

    private static long timestampMs(String text) {
        if (!text.contains("T")) {
            return LocalDate.parse(text)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
        }
        Instant instant = text.matches(".*(Z|[+-][0-9:]{4,6})")
                ? OffsetDateTime.parse(text).toInstant()
                : OffsetDateTime.parse(text + "Z").toInstant();
        return instant.toEpochMilli();
    }

    private static long durationMs(String text) {
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> number * 1_000;
            case 'm' -> number * 60_000;
            case 'h' -> number * 3_600_000;
            default -> number * 86_400_000;
        };
    }

    /** A separator as it is typed: {@code \t} is a tab. */
    static String unescape(String text) {
        return text.replace("\\t", "\t");
    }

    /** Records per second, as {@code 1000} or {@code 1000/s}. */
    static Optional<Long> rate(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String number = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
        if (!number.matches("[1-9][0-9]{0,8}")) {
            throw new CommandException(
                    "cannot read \"" + text + "\" as a rate: expected records per second, for example 1000/s");
        }
        return Optional.of(Long.parseLong(number));
    }
}
