package dev.millrace.control.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.machine.MachineHarness;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionDescription;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One transactions machine in virtual time, and what a test says to it, in few words. Markers are written when the test says so: until then
 * every decided transaction is still being completed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whether an answer matters is what each test says.
final class TransactionsHarness {

    static final String ID = "copier";
    static final int TIMEOUT_MS = 60_000;
    static final TransactionPartition FLIGHTS = new TransactionPartition(new TopicId(1, 1), "flights", 0);
    static final TransactionPartition AIRPORTS = new TransactionPartition(new TopicId(1, 2), "airports", 3);

    private final MachineHarness<TransactionCommand> machine;

    /** Decided transactions whose markers are not written yet. */
    private final List<Ending> endings = new ArrayList<>();

    private long producerIdsCount = 100;

    TransactionsHarness() {
        this(TransactionSettings.DEFAULT);
    }

    TransactionsHarness(TransactionSettings settings) {
        machine = new MachineHarness<>(() -> new TransactionMachine(settings, endings::add));
    }

    MachineHarness<TransactionCommand> machine() {
        return machine;
    }

    void advanceMs(long durationMs) {
        machine.advanceMs(durationMs);
    }

    /** As after a crash: what was on its way to the partitions is not heard of again. */
    void restart() {
        endings.clear();
        machine.restart();
    }

    List<Ending> endings() {
        return endings;
    }

    /** Reports every marker as written. */
    void writeMarkers() {
        List<Ending> written = List.copyOf(endings);
        endings.clear();
        written.forEach(ending -> machine.submit(new TransactionCommand.MarkersWritten(ending)));
    }

    // ---- requests

    CompletableFuture<Optional<ProducerIdentity>> init() {
        return init(Optional.empty());
    }

    CompletableFuture<Optional<ProducerIdentity>> init(Optional<ProducerIdentity> expected) {
        return machine.ask(reply -> new TransactionCommand.InitProducerId(
                new InitRequest(ID, TIMEOUT_MS, expected), OptionalLong.of(producerIdsCount++), reply));
    }

    /** The identity of a producer that has just begun. */
    ProducerIdentity begun() {
        return identity(init());
    }

    CompletableFuture<Set<TransactionPartition>> add(
            ProducerIdentity producer, int version, TransactionPartition... partitions) {
        return machine.ask(reply -> new TransactionCommand.AddPartitions(
                new AddRequest(ID, producer, Set.of(partitions), false, version), reply));
    }

    CompletableFuture<Set<TransactionPartition>> verify(ProducerIdentity producer, TransactionPartition... partitions) {
        return machine.ask(reply ->
                new TransactionCommand.AddPartitions(new AddRequest(ID, producer, Set.of(partitions), true, 1), reply));
    }

    CompletableFuture<Optional<ProducerIdentity>> commit(ProducerIdentity producer, int version) {
        return end(producer, true, version);
    }

    CompletableFuture<Optional<ProducerIdentity>> abort(ProducerIdentity producer, int version) {
        return end(producer, false, version);
    }

    private CompletableFuture<Optional<ProducerIdentity>> end(ProducerIdentity producer, boolean commit, int version) {
        return machine.ask(reply -> new TransactionCommand.EndTransaction(
                new EndRequest(ID, producer, commit, version), OptionalLong.of(producerIdsCount++), reply));
    }

    Optional<TransactionDescription> describe() {
        return value(machine.ask(reply -> new TransactionCommand.Describe(ID, reply)));
    }

    TransactionState state() {
        return describe().orElseThrow().state();
    }

    // ---- looking at answers

    static ProducerIdentity identity(CompletableFuture<Optional<ProducerIdentity>> answer) {
        return value(answer).orElseThrow();
    }

    static <R> R value(CompletableFuture<R> answer) {
        assertThat(answer).as("an answer").isDone();
        return answer.join();
    }

    static ErrorCode error(CompletableFuture<?> answer) {
        assertThat(answer).as("an answer that failed").isCompletedExceptionally();
        return ((MillraceException) answer.exceptionNow()).code();
    }

    static ProducerIdentity epoch(ProducerIdentity producer, int epoch) {
        return new ProducerIdentity(producer.producerId(), (short) epoch);
    }
}
