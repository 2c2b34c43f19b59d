package dev.millrace.jepsen;

import dev.millrace.checker.Operation.Aborted;
import dev.millrace.checker.Operation.Committed;
import dev.millrace.checker.Operation.Committing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;

/**
 * A producer of transactions, most of which it commits. Now and then it starts again under the same transactional id in the middle of a transaction,
 * and then its old self, a zombie, tries to go on: it must not get anywhere.
 */
final class TransactionWorker extends Worker {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final int TRANSACTION_TIMEOUT_MS = 5_000;
    private static final int RECORDS_MAX = 5;

    private final Arena arena;
    private final Random random;
    private int transactionsCount;

    TransactionWorker(String name, Arena arena, long seed) {
        super(name);
        this.arena = arena;
        this.random = new Random(seed);
    }

    @Override
    void work() throws InterruptedException {
        while (isRunning()) {
            try (ClosingProducer current = initialised()) {
                boolean healthy = true;
                while (isRunning() && healthy) {
                    if (random.nextInt(40) == 0) {
                        becomeZombie(current.producer());
                        healthy = false;
                    } else {
                        healthy = transact(current.producer());
                    }
                    pause(random.nextInt(20));
                }
            } catch (KafkaException | IllegalStateException _) {
                pauseAfterFailure();
            }
        }
    }

    /** A producer that is not waited for when it is let go: what it did not finish, its successor ends. */
    private record ClosingProducer(KafkaProducer<String, String> producer) implements AutoCloseable {
        @Override
        public void close() {
            producer.close(CLOSE_TIMEOUT);
        }
    }

    private ClosingProducer initialised() {
        KafkaProducer<String, String> producer = arena.producer(Map.of(
                "transactional.id", arena.topic() + "-" + name(), "transaction.timeout.ms", TRANSACTION_TIMEOUT_MS));
        try {
            producer.initTransactions();
            return new ClosingProducer(producer);
        } catch (KafkaException e) {
            producer.close(CLOSE_TIMEOUT);
            throw e;
        }
    }

    /** One transaction; gives whether the producer can go on. */
    private boolean transact(KafkaProducer<String, String> producer) {
        String transaction = begin(producer);
        try {
            if (random.nextInt(5) == 0) {
                producer.flush();
                return abort(producer, transaction);
            }
            return commit(producer, transaction);
        } catch (KafkaException | IllegalStateException _) {
            return abort(producer, transaction);
        }
    }

    /** Begins a transaction and sends its records. */
    private String begin(KafkaProducer<String, String> producer) {
        String transaction = name() + "-" + transactionsCount++;
        producer.beginTransaction();
        int count = 1 + random.nextInt(RECORDS_MAX);
        for (int number = 0; number < count; number++) {
            int partition = random.nextInt(Arena.PARTITIONS);
            SendingWorker.send(
                    arena, producer, name(), partition, transaction + ":" + number, Optional.of(transaction));
        }
        return transaction;
    }

    private boolean commit(KafkaProducer<String, String> producer, String transaction) {
        arena.history().add(new Committing(name(), transaction));
        producer.commitTransaction();
        arena.history().add(new Committed(name(), transaction));
        return true;
    }

    private boolean abort(KafkaProducer<String, String> producer, String transaction) {
        try {
            producer.abortTransaction();
            arena.history().add(new Aborted(name(), transaction));
            return true;
        } catch (KafkaException | IllegalStateException _) {
            // Fenced, or nobody answers, or a commit is under way that timed out: whoever comes next ends the
            // transaction.
            return false;
        }
    }

    /** Leaves a transaction open, has a successor go to work under the same id, and tries to go on. */
    private void becomeZombie(KafkaProducer<String, String> zombie) {
        String abandoned = begin(zombie);
        try (ClosingProducer successor = initialised()) {
            String ongoing = begin(successor.producer());
            try {
                commit(zombie, abandoned);
            } catch (KafkaException | IllegalStateException _) {
                // As it should be.
            }
            abort(successor.producer(), ongoing);
        }
    }
}
