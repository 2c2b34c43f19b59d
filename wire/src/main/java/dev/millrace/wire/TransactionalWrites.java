package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.control.port.Transactions;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.log.Append;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.PartitionId;
import dev.millrace.log.TransactionGuard;
import dev.millrace.log.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;

/**
 * The transactional batches of Produce requests (KIP-98, KIP-890): a batch that would begin its transaction in a partition goes to the log only after
 * the coordinator has said that the partition is in the transaction, or has made it so.
 *
 * <pre>
 *   guard ─── open already ─────────────────────────────→ append
 *     └────── not open ──→ add or verify at the coordinator ──→ append with the guard
 * </pre>
 *
 * <p>What a producer sends to a partition behind a batch that waits for the coordinator waits too: the order of its requests is kept.
 *
 * <p>Thread-safe; the requests of one connection come on its event loop.
 */
final class TransactionalWrites {

    private final Transactions transactions;

    /** The last write of a producer to a partition that has not gone to the log yet. */
    private final ConcurrentHashMap<Key, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    TransactionalWrites(Transactions transactions) {
        this.transactions = transactions;
    }

    private record Key(PartitionId partition, long producerId) {}

    /** A batch on its way to a partition, and where its outcome goes. */
    record Write(PartitionPort partition, ByteBuffer batch, PartitionProduceResponse entry) {

        ProducerIdentity producer() {
            return new ProducerIdentity(
                    BatchHeader.producerId(batch, batch.position()),
                    BatchHeader.producerEpoch(batch, batch.position()));
        }

        TransactionPartition transactionPartition() {
            return new TransactionPartition(
                    partition.id().topicId(), partition.topic(), partition.id().partition());
        }

        private Key key() {
            return new Key(partition.id(), producer().producerId());
        }
    }

    /** A write that the coordinator is asked about. */
    private record Guarded(Write write, TransactionGuard guard) {}

    /** Starts the writes of one request. Each is counted as unfinished in {@code call} until it has gone to the log, or is refused. */
    void start(String transactionalId, List<Write> writes, ProduceCall call, RequestContext context) {
        boolean adds = context.apiVersion() >= TransactionErrors.PRODUCE_ADDS_MIN_VERSION;
        Map<ProducerIdentity, List<Guarded>> unconfirmed = new LinkedHashMap<>();
        for (Write write : writes) {
            ByteBuffer batch = write.batch();
            Optional<TransactionGuard> guard = write.partition()
                    .guardTransaction(
                            write.producer().producerId(),
                            write.producer().epoch(),
                            BatchHeader.baseSequence(batch, batch.position()),
                            adds);
            if (guard.isPresent()) {
                unconfirmed
                        .computeIfAbsent(write.producer(), producer -> new ArrayList<>())
                        .add(new Guarded(write, guard.get()));
            } else {
                inOrder(write, Optional.empty(), call, context, confirmed -> append(write, AppendOptions.CLIENT, call));
            }
        }
        unconfirmed.forEach((producer, guarded) -> ask(transactionalId, producer, guarded, adds, call, context));
    }

    private void ask(
            String transactionalId,
            ProducerIdentity producer,
            List<Guarded> guarded,
            boolean adds,
            ProduceCall call,
            RequestContext context) {
        Set<TransactionPartition> partitions = new LinkedHashSet<>();
        guarded.forEach(each -> partitions.add(each.write().transactionPartition()));
        CompletableFuture<Set<TransactionPartition>> answer =
                transactions.addPartitions(new AddRequest(transactionalId, producer, partitions, !adds, adds ? 2 : 1));
        for (Guarded each : guarded) {
            Write write = each.write();
            CompletableFuture<Void> confirmed = answer.thenAccept(missing -> {
                if (missing.contains(write.transactionPartition())) {
                    throw notInTransaction(write, transactionalId);
                }
            });
            inOrder(write, Optional.of(confirmed), call, context, failure -> {
                if (failure.isEmpty()) {
                    append(write, AppendOptions.inTransaction(each.guard()), call);
                } else {
                    appendRepetition(write, failure.get(), call, context.apiVersion());
                }
            });
        }
    }

    /** Goes on when the coordinator has answered and everything that came before has gone to the log. */
    private void inOrder(
            Write write,
            Optional<CompletableFuture<Void>> confirmed,
            ProduceCall call,
            RequestContext context,
            Continuation continuation) {
        if (confirmed.isEmpty() && !waiting.containsKey(write.key())) {
            go(continuation, Optional.empty(), write, call);
            return;
        }
        call.hold();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        CompletableFuture<Void> before = waiting.put(write.key(), gone);
        CompletableFuture<Void> mine = confirmed.orElseGet(() -> CompletableFuture.completedFuture(null));
        CompletableFuture<Void> turn = before == null ? mine : before.thenCompose(done -> mine);
        var _ = turn.whenComplete((done, failure) -> context.execute(() -> {
            try {
                go(continuation, Optional.ofNullable(failure).map(ErrorMapping::cause), write, call);
            } finally {
                waiting.remove(write.key(), gone);
                gone.complete(null);
                call.release();
            }
        }));
    }

    /** Whatever goes wrong is told in the write's own entry: left alone, that would say that the batch is in the log. */
    private static void go(Continuation continuation, Optional<Throwable> refusal, Write write, ProduceCall call) {
        try {
            continuation.go(refusal);
        } catch (RuntimeException e) {
            call.refused();
            H00_Produce.fail(write.entry(), e);
        }
    }

    /** What to do with a write; with the reason if the coordinator has said no. */
    private interface Continuation {
        void go(Optional<Throwable> refusal);
    }

    private static void append(Write write, AppendOptions options, ProduceCall call) {
        call.started(write.partition(), write.partition().append(write.batch(), options), write.entry());
    }

    /**
     * The coordinator has said no. The batch may be one that is in the log already, of which the producer did not hear: then that is the answer.
     * Without a guard the log takes nothing new.
     */
    private static void appendRepetition(Write write, Throwable refusal, ProduceCall call, short apiVersion) {
        Append append = write.partition().append(write.batch(), AppendOptions.CLIENT);
        Function<Throwable, CompletableFuture<AppendResult>> better = failure -> CompletableFuture.failedFuture(
                ErrorMapping.cause(failure) instanceof MillraceException known
                                && known.code() == ErrorCode.INVALID_TXN_STATE
                        ? TransactionErrors.produce(refusal, apiVersion)
                        : failure);
        call.started(
                write.partition(),
                new Append(
                        append.accepted().exceptionallyCompose(better),
                        append.durable().exceptionallyCompose(better)),
                write.entry());
    }

    private static MillraceException notInTransaction(Write write, String transactionalId) {
        return new MillraceException(
                ErrorCode.TRANSACTION_ABORTABLE,
                "partition " + write.partition().topic() + "-"
                        + write.partition().id().partition() + " is not in the transaction of " + transactionalId);
    }
}
