package dev.millrace.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * From exec to the moment at which the broker tells a leader for each of many partitions, after it was stopped or killed with records written
 * since its last start.
 *
 * @param partitions how many, of one topic
 * @param killed whether it is killed, else stopped
 */
record RestartRow(String name, String title, List<Side> sides, List<Goal> goals, int partitions, boolean killed)
        implements Row {
    private static final String TOPIC = "bench-restart";

    @Override
    public boolean startsBrokers() {
        return true;
    }

    @Override
    public void prepare(Station station) {
        station.broker().start();
        station.createTopic(TOPIC, station.scaled(partitions));
    }

    @Override
    public Figures measure(Station station) {
        int count = station.scaled(partitions);
        try (KafkaProducer<byte[], byte[]> producer = station.producer(Map.of("acks", "all"))) {
            PartitionsRow.writeToEach(producer, TOPIC, count);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot write to " + TOPIC, e);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
        if (killed) {
            station.broker().kill();
        } else {
            station.broker().stop();
        }
        long startedNs = System.nanoTime();
        station.broker().start();
        try (Admin admin = station.admin()) {
            Station.waitForLeaders(admin, TOPIC, count);
        } catch (InterruptedException e) {
            throw Station.interrupted(e);
        }
        return Figures.of().with(Figures.SECONDS, (System.nanoTime() - startedNs) / 1e9);
    }
}
