package dev.millrace.interop.applications;

import static dev.millrace.interop.applications.Stage.expect;

import dev.millrace.peer.Machine;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A Kafka Streams application is killed and started again while it is fed. With {@code exactly_once_v2} the committed output is what one run
 * without any kill would have written; with {@code at_least_once} nothing is missing.
 */
record StreamsScenario(Guarantee guarantee) implements Scenario {
    private static final String VERSION = "4.3.1";
    private static final int PARTITIONS = 2;
    private static final int PER_SECOND = 400;
    private static final int KILL_WITHIN_MS = 2_500;
    private static final int SHOWN = 10;

    @Override
    public String name() {
        return "streams-" + guarantee.configured().replace('_', '-');
    }

    @Override
    public String run(Stage stage) throws Exception {
        StreamsTopics topics = new StreamsTopics(name());
        StreamsInput input = new StreamsInput(topics);
        stage.createTopics(PARTITIONS, topics.all());
        fillTable(stage, input);
        int kills = stage.amount(2, 30);
        try (Feeder feeder = new Feeder(stage, PER_SECOND, input::record);
                Collector found = new Collector(stage, topics.outputs())) {
            killAgainAndAgain(stage, kills, topics, found);
            int fed = feeder.stop();
            StreamsOutcome outcome = new StreamsOutcome(topics, input.due(fed));
            try (AppProcess last = start(stage, topics)) {
                awaitAll(last, outcome, found);
            }
            if (guarantee == Guarantee.EXACTLY_ONCE) {
                found.poll();
                List<String> wrong = outcome.wrong(found);
                expect(wrong.isEmpty(), wrong.size() + " keys are wrong: " + firstOf(wrong));
            }
            return String.format("%,d records, killed %d times", fed, kills);
        }
    }

    private static void fillTable(Stage stage, StreamsInput input) throws Exception {
        try (KafkaProducer<String, String> producer = stage.producer(Map.of())) {
            for (ProducerRecord<String, String> home : input.homes()) {
                producer.send(home).get();
            }
        }
    }

    private void killAgainAndAgain(Stage stage, int kills, StreamsTopics topics, Collector found)
            throws InterruptedException {
        Random random = new Random(kills);
        for (int kill = 0; kill < kills; kill++) {
            try (AppProcess app = start(stage, topics)) {
                long before = found.poll();
                Stage.until("the application goes on", () -> {
                    app.expectAlive();
                    return found.poll() > before;
                });
                TimeUnit.MILLISECONDS.sleep(random.nextInt(KILL_WITHIN_MS));
                app.expectAlive();
                app.kill();
            }
        }
    }

    private static void awaitAll(AppProcess app, StreamsOutcome outcome, Collector found) throws InterruptedException {
        try {
            Stage.until("the application has computed everything", () -> {
                app.expectAlive();
                long before = found.poll();
                // While much still comes there is no need to look.
                return found.poll() == before && outcome.missing(found).isEmpty();
            });
        } catch (AssertionError e) {
            List<String> missing = outcome.missing(found);
            throw new AssertionError(missing.size() + " results are missing: " + firstOf(missing), e);
        }
    }

    private static List<String> firstOf(List<String> all) {
        return all.subList(0, Math.min(SHOWN, all.size()));
    }

    private AppProcess start(Stage stage, StreamsTopics topics) {
        List<String> arguments = List.of(
                topics.prefix(),
                guarantee.configured(),
                stage.directory().resolve(topics.prefix()).toString());
        return AppProcess.start(stage, StreamsApp.class, Machine.classPath("kafka-streams", VERSION), arguments);
    }
}
