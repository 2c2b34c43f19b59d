package dev.millrace.interop.applications;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the Streams application is fed, and what must come of it: both are told by a record's number alone. */
final class StreamsInput {
    private static final long FIRST_MS = 1_700_000_000_000L;
    private static final int STEP_MS = 5;
    private static final int KINDS = 4;
    private static final int WORDS = 23;
    private static final int WORDS_IN_LINE = 3;
    static final int USERS = 11;

    private final StreamsTopics topics;

    StreamsInput(StreamsTopics topics) {
        this.topics = topics;
    }

    /** Four kinds of records take turns; their timestamps go forward. */
    ProducerRecord<String, String> record(int number) {
        int turn = number / KINDS;
        long timestampMs = timestampMs(number);
        return switch (number % KINDS) {
            case 0 -> new ProducerRecord<>(topics.lines(), null, timestampMs, "line-" + turn, line(turn));
            case 1 -> new ProducerRecord<>(topics.visits(), null, timestampMs, user(turn), "visit-" + turn);
            case 2 -> new ProducerRecord<>(topics.orders(), null, timestampMs, "order-" + turn, "order-" + turn);
            default -> new ProducerRecord<>(topics.payments(), null, timestampMs, "order-" + turn, "payment-" + turn);
        };
    }

    /** The table's records, all older than any other. */
    List<ProducerRecord<String, String>> homes() {
        List<ProducerRecord<String, String>> homes = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            homes.add(new ProducerRecord<>(topics.homes(), null, FIRST_MS - 1, user(user), "home-" + user));
        }
        return homes;
    }

    /** By topic and key: how many records there must be after this many were fed; counts go up by one with each. */
    Map<String, Map<String, Integer>> due(int fedCount) {
        Map<String, Map<String, Integer>> due = new TreeMap<>();
        for (int number = 0; number < fedCount; number++) {
            int turn = number / KINDS;
            switch (number % KINDS) {
                case 0 -> {
                    for (String word : words(turn)) {
                        long startMs = timestampMs(number) / StreamsTopics.WINDOW_MS * StreamsTopics.WINDOW_MS;
                        add(due, topics.counts(), word);
                        add(due, topics.windows(), StreamsTopics.window(word, startMs));
                    }
                }
                case 1 -> add(due, topics.visited(), "visit-" + turn + " home-" + turn % USERS);
                case 2 -> {}
                default -> add(due, topics.paid(), "order-" + turn + " payment-" + turn);
            }
        }
        return due;
    }

    private static void add(Map<String, Map<String, Integer>> due, String topic, String key) {
        due.computeIfAbsent(topic, _ -> new TreeMap<>()).merge(key, 1, Integer::sum);
    }

    private static long timestampMs(int number) {
        return FIRST_MS + (long) number * STEP_MS;
    }

    private static String user(int turn) {
        return "user-" + turn % USERS;
    }

    private static String line(int turn) {
        return String.join(" ", words(turn));
    }

    private static List<String> words(int turn) {
        return IntStream.range(0, WORDS_IN_LINE)
                .mapToObj(i -> "word-" + (turn * 7 + i * i * 5) % WORDS)
                .toList();
    }
}
