package dev.millrace.interop.applications;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes numbered records at a steady pace on a thread of its own, until told to stop. Each is acknowledged, or {@link #stop} fails. */
final class Feeder implements AutoCloseable {
    private final KafkaProducer<String, String> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile int fedCount;

    /**
     * @param record the record of a number; numbers count from 0
     * @param perSecond how many are due in a second
     */
    Feeder(Stage stage, int perSecond, IntFunction<ProducerRecord<String, String>> record) {
        producer = stage.producer(Map.of("acks", "all", "linger.ms", "2"));
        thread = Thread.ofPlatform().name("feeder").start(() -> feed(perSecond, record));
    }

    private void feed(int perSecond, IntFunction<ProducerRecord<String, String>> record) {
        long startedNs = System.nanoTime();
        int number = 0;
        while (running) {
            int due = (int) ((System.nanoTime() - startedNs) / 1e9 * perSecond);
            for (; number < due && running; number++) {
                var _ = producer.send(record.apply(number), (_, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
            }
            fedCount = number;
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException _) {
                running = false;
            }
        }
    }

    /** Stops, waits for every acknowledgement, and tells how many records there are. */
    int stop() throws InterruptedException {
        running = false;
        thread.join();
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new AssertionError("a record was not acknowledged", failed);
        }
        return fedCount;
    }

    @Override
    public void close() {
        running = false;
        producer.close();
    }
}
