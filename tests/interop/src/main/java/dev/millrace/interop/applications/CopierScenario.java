package dev.millrace.interop.applications;

import static dev.millrace.interop.applications.Stage.expect;

import dev.millrace.interop.applications.TransactionVersion.Identity;
import dev.millrace.peer.Machine;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A copier is killed again and again while its input grows; afterwards the committed output is the transformed input: nothing lost, nothing
 * twice, in order.
 *
 * @param transactionVersion the level of {@code transaction.version}, which must also be seen to be used
 */
record CopierScenario(int transactionVersion) implements Scenario {
    private static final int PARTITIONS = 3;
    private static final int PER_SECOND = 500;
    private static final int LAST_RECORDS = 300;
    private static final int KILL_WITHIN_MS = 1_200;

    @Override
    public String name() {
        return "copier-v" + transactionVersion;
    }

    @Override
    public String run(Stage stage) throws Exception {
        TransactionVersion version = new TransactionVersion(stage, (short) transactionVersion);
        version.apply();
        String input = name() + "-input";
        String output = name() + "-output";
        stage.createTopics(PARTITIONS, input, output);
        int kills = stage.amount(3, 100);
        try (Feeder feeder = new Feeder(stage, PER_SECOND, i -> record(input, i));
                Collector outcome = new Collector(stage, output)) {
            killAgainAndAgain(stage, kills, input, output);
            int fed = feeder.stop();
            try (AppProcess copier = start(stage, input, output)) {
                await(copier, outcome, fed);
                Identity before = version.identity(name());
                feedMore(stage, input, fed);
                await(copier, outcome, fed + LAST_RECORDS);
                version.expectUsed(before, version.identity(name()));
            }
            compare(stage, input, output, outcome, fed + LAST_RECORDS);
            return String.format("%,d records, killed %d times", fed + LAST_RECORDS, kills);
        }
    }

    private void killAgainAndAgain(Stage stage, int kills, String input, String output) throws InterruptedException {
        Random random = new Random(kills);
        for (int kill = 0; kill < kills; kill++) {
            try (AppProcess copier = start(stage, input, output)) {
                Stage.until("the copier commits", () -> {
                    copier.expectAlive();
                    return copier.linesCount(CopierApp.COMMITTED) > 0;
                });
                TimeUnit.MILLISECONDS.sleep(random.nextInt(KILL_WITHIN_MS));
                copier.expectAlive();
                copier.kill();
            }
        }
    }

    private static void await(AppProcess copier, Collector outcome, int count) throws InterruptedException {
        Stage.until("the copier has copied " + count + " records", () -> {
            copier.expectAlive();
            return outcome.poll() >= count;
        });
    }

    private AppProcess start(Stage stage, String input, String output) {
        String classPath = Machine.classPath("kafka-clients", "4.4.0");
        return AppProcess.start(stage, CopierApp.class, classPath, List.of(input, output, name()));
    }

    private static ProducerRecord<String, String> record(String topic, int number) {
        return new ProducerRecord<>(topic, number % PARTITIONS, "key-" + number, "value-" + number);
    }

    private static void feedMore(Stage stage, String input, int fed) throws Exception {
        try (KafkaProducer<String, String> producer = stage.producer(Map.of("acks", "all"))) {
            for (int i = fed; i < fed + LAST_RECORDS; i++) {
                // One after another: many small transactions.
                producer.send(record(input, i)).get();
            }
        }
    }

    private static void compare(Stage stage, String input, String output, Collector outcome, int count)
            throws InterruptedException {
        try (Collector source = new Collector(stage, input)) {
            Stage.until("the input is read", () -> source.poll() >= count);
            // Whatever is there more than once comes by now.
            outcome.poll();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                List<String> due = source.values(input, partition).stream()
                        .map(CopierApp::transformed)
                        .toList();
                List<String> found = outcome.values(output, partition);
                int same = 0;
                while (same < Math.min(due.size(), found.size())
                        && due.get(same).equals(found.get(same))) {
                    same++;
                }
                expect(
                        same == due.size() && same == found.size(),
                        String.format(
                                "%s-%d has %d records, of which the first %d are as they should be; %d are due; then"
                                        + " came %s, due was %s",
                                output, partition, found.size(), same, due.size(), at(found, same), at(due, same)));
            }
        }
    }

    private static String at(List<String> values, int index) {
        return index < values.size() ? values.get(index) : "nothing";
    }
}
