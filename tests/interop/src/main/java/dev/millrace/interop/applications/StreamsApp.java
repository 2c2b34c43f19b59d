package dev.millrace.interop.applications;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * A Kafka Streams application, until it is killed: {@code StreamsApp BOOTSTRAP PREFIX GUARANTEE DIRECTORY}. It counts words, over all time and in
 * windows, and joins a stream with a table and a stream with a stream ({@link StreamsTopics}). Its state is in memory, so that every start
 * restores it from the changelogs.
 */
final class StreamsApp {
    private static final Duration JOIN_WINDOW = Duration.ofHours(1);
    private static final String SPACE = " ";

    private StreamsApp() {}

    /** See the class. */
    public static void main(String[] args) {
        KafkaStreams streams = new KafkaStreams(topology(new StreamsTopics(args[1])), settings(args));
        streams.setUncaughtExceptionHandler(e -> {
            e.printStackTrace(System.out);
            return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
        });
        streams.setStateListener((now, _) -> {
            System.out.println("state " + now);
            if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                Runtime.getRuntime().halt(1);
            }
        });
        streams.start();
    }

    private static Topology topology(StreamsTopics topics) {
        StreamsBuilder builder = new StreamsBuilder();
        countWords(builder, topics);
        KTable<String, String> homes = builder.table(topics.homes());
        builder.<String, String>stream(topics.visits())
                .join(homes, (visit, home) -> visit + SPACE + home)
                .to(topics.visited());
        KStream<String, String> payments = builder.stream(topics.payments());
        builder.<String, String>stream(topics.orders())
                .join(
                        payments,
                        (order, payment) -> order + SPACE + payment,
                        JoinWindows.ofTimeDifferenceAndGrace(JOIN_WINDOW, JOIN_WINDOW))
                .to(topics.paid());
        return builder.build();
    }

    private static void countWords(StreamsBuilder builder, StreamsTopics topics) {
        KGroupedStream<String, String> words = builder.<String, String>stream(topics.lines())
                .flatMapValues(line -> List.of(line.split(SPACE)))
                .groupBy((_, word) -> word, Grouped.as("words"));
        words.count().toStream().mapValues(String::valueOf).to(topics.counts());
        words.windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(StreamsTopics.WINDOW_MS), JOIN_WINDOW))
                .count()
                .toStream()
                .map((word, count) -> KeyValue.pair(
                        StreamsTopics.window(word.key(), word.window().start()), String.valueOf(count)))
                .to(topics.windows());
    }

    private static Properties settings(String[] args) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[2]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        // Each update of a count is sent on, so that the output's every step can be foretold.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 500);
        // Who starts again is the member that was killed, and the transaction that it left open ends soon.
        settings.put(StreamsConfig.mainConsumerPrefix("group.instance.id"), args[1]);
        settings.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6_000);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        settings.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 2_000);
        return settings;
    }
}
