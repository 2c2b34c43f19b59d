package dev.millrace.control.transactions;

import dev.millrace.control.machine.FactLimits;
import dev.millrace.control.machine.Machine;
import dev.millrace.control.machine.MachineRecord;
import dev.millrace.control.machine.Turn;
import dev.millrace.control.transactions.ParkedRequests.Parked;
import dev.millrace.control.transactions.api.Ending;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionDescription;
import dev.millrace.control.transactions.api.TransactionSettings;
import dev.millrace.control.transactions.api.TransactionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The transactional ids of one partition of {@code __transaction_state}.
 *
 * <p>Hard state: each id as a {@link Transaction}. Soft state: what is parked, and which endings are on their way to the partitions. A decided
 * transaction is handed to the markers when the decision is durable, and again after a restart, until they report it written.
 */
final class TransactionMachine implements Machine<TransactionCommand> {

    /** One turn is one batch: a sweep that has more to do goes on in the next turn. */
    static final int SWEEP_LIMIT = 1_000;

    /** What one turn may record before it leaves the rest to the next: whatever comes on top, it still fits into one batch. */
    private static final int MAX_SWEEP_BYTES = FactLimits.MAX_TURN_BYTES / 2;

    private static final String ABORT_TIMER = "abort timed out";
    private static final String EXPIRY_TIMER = "expire ids";

    private final TransactionSettings settings;
    private final Consumer<Ending> markers;
    private final Map<String, Transaction> transactions = new HashMap<>();

    /** What this turn has decided: {@link #transactions} shows it from the next turn on. */
    private final Map<String, Transaction> decidedNow = new HashMap<>();

    /** Of the facts of this turn. */
    private int turnBytes;

    private final Map<String, Ending> endings = new HashMap<>();
    private final List<Ending> endingsToWrite = new ArrayList<>();
    private final ParkedRequests parked;
    private boolean resumed;
    private boolean timersArmed;

    /** @param markers ends a decided transaction in its partitions, and reports {@link TransactionCommand.MarkersWritten}; never waits */
    TransactionMachine(TransactionSettings settings, Consumer<Ending> markers) {
        this.settings = settings;
        this.markers = markers;
        this.parked = new ParkedRequests(settings);
    }

    @Override
    public void handle(TransactionCommand command, Turn<TransactionCommand> turn) {
        decidedNow.clear();
        turnBytes = 0;
        switch (command) {
            case TransactionCommand.Parkable request -> decide(new Parked(request, parked.deadlineMs(turn)), turn);
            case TransactionCommand.MarkersWritten written -> complete(written.ending(), turn);
            case TransactionCommand.Describe describe ->
                turn.answer(
                        describe.reply(),
                        find(describe.transactionalId()).map(found -> describe(describe.transactionalId(), found)));
            case TransactionCommand.ListTransactions list -> turn.answer(list.reply(), list());
            case TransactionCommand.ParkingEnded ended -> onParkingTimer(ended.transactionalId(), turn);
            case TransactionCommand.AbortTimedOut abort -> abortTimedOut(turn);
            case TransactionCommand.ExpireIds expire -> expireIds(turn);
        }
        armTimers(turn);
    }

    /** Carries out what {@link Decisions} says of a request. */
    private void decide(Parked waiting, Turn<TransactionCommand> turn) {
        TransactionCommand.Parkable request = waiting.request();
        String id = request.transactionalId();
        Optional<Transaction> before = find(id);
        switch (request) {
            case TransactionCommand.InitProducerId init ->
                carryOut(
                        Decisions.init(init.request(), init.freshProducerId(), before, turn.wallMs()),
                        waiting,
                        after -> turn.answer(init.reply(), Optional.of(after.identity())),
                        () -> turn.answer(init.reply(), Optional.empty()),
                        turn);
            case TransactionCommand.AddPartitions add ->
                carryOut(
                        Decisions.add(add.request(), before, turn.wallMs()),
                        waiting,
                        after -> turn.answer(add.reply(), Decisions.missing(add.request(), after)),
                        () -> {},
                        turn);
            case TransactionCommand.EndTransaction end ->
                carryOut(
                        Decisions.end(end.request(), end.freshProducerId(), before, turn.wallMs()),
                        waiting,
                        after -> turn.answer(end.reply(), Optional.of(after.nextIdentity())),
                        () -> turn.answer(end.reply(), Optional.empty()),
                        turn);
        }
    }

    private void carryOut(
            Decision decision,
            Parked waiting,
            Consumer<Transaction> answer,
            Runnable askForProducerId,
            Turn<TransactionCommand> turn) {
        String id = waiting.request().transactionalId();
        switch (decision) {
            case Decision.Refuse refuse -> turn.fail(waiting.request().reply(), refuse.why());
            case Decision.AskForProducerId ask -> askForProducerId.run();
            case Decision.Answer same -> answer.accept(same.transaction());
            case Decision.Change changed -> {
                record(id, changed.transaction(), turn);
                answer.accept(changed.transaction());
            }
            case Decision.Park later -> {
                later.first().ifPresent(changed -> record(id, changed, turn));
                parked.park(waiting, turn);
            }
        }
    }

    private void complete(Ending ending, Turn<TransactionCommand> turn) {
        String id = ending.transactionalId();
        if (endings.get(id) != ending) {
            return;
        }
        endings.remove(id);
        Transaction prepared = find(id).orElseThrow();
        record(id, prepared.completed(turn.wallMs()), turn);
        decideParked(id, turn);
    }

    private void onParkingTimer(String id, Turn<TransactionCommand> turn) {
        if (find(id).filter(now -> now.state().isPrepared()).isPresent()) {
            parked.onTimer(id, turn);
        } else {
            decideParked(id, turn);
        }
    }

    /** Nothing holds them up any more; those that this turn has no room for go on in the next. */
    private void decideParked(String id, Turn<TransactionCommand> turn) {
        Queue<Parked> waiting = parked.take(id, turn);
        while (!waiting.isEmpty() && turnBytes < MAX_SWEEP_BYTES) {
            decide(waiting.remove(), turn);
        }
        parked.putBack(id, waiting, turn);
    }

    private void record(String id, Transaction transaction, Turn<TransactionCommand> turn) {
        decidedNow.put(id, transaction);
        record(TransactionCodec.encode(id, transaction), turn);
        if (transaction.state().isPrepared()) {
            end(id, transaction);
        }
    }

    private void record(MachineRecord fact, Turn<TransactionCommand> turn) {
        turnBytes += fact.sizeBytes();
        turn.record(fact);
    }

    private void end(String id, Transaction prepared) {
        Ending ending = new Ending(
                id,
                prepared.identity(),
                prepared.state() == TransactionState.PREPARE_COMMIT,
                prepared.raisesEpochAtEnd(),
                List.copyOf(prepared.partitions()));
        endings.put(id, ending);
        endingsToWrite.add(ending);
    }

    private Optional<Transaction> find(String id) {
        Transaction now = decidedNow.get(id);
        return now != null ? Optional.of(now) : Optional.ofNullable(transactions.get(id));
    }

    // ---- time

    private void abortTimedOut(Turn<TransactionCommand> turn) {
        boolean more = sweep(
                transaction -> transaction.state() == TransactionState.ONGOING
                        && turn.wallMs() - transaction.startedAtMs() >= transaction.timeoutMs(),
                (id, transaction) -> record(id, transaction.fenced(turn.wallMs()), turn));
        turn.timer(ABORT_TIMER, more ? 0 : settings.abortCheckIntervalMs(), new TransactionCommand.AbortTimedOut());
    }

    private void expireIds(Turn<TransactionCommand> turn) {
        boolean more = sweep(
                transaction -> !transaction.state().isPrepared()
                        && transaction.state() != TransactionState.ONGOING
                        && turn.wallMs() - transaction.updatedAtMs() >= settings.expirationMs(),
                (id, _) -> record(TransactionCodec.encodeRemoval(id), turn));
        turn.timer(EXPIRY_TIMER, more ? 0 : settings.expiryCheckIntervalMs(), new TransactionCommand.ExpireIds());
    }

    /** Does something with those that are due, up to the limits of a turn; tells whether there may be more. */
    private boolean sweep(Predicate<Transaction> isDue, BiConsumer<String, Transaction> action) {
        Map<String, Transaction> due = new LinkedHashMap<>();
        for (Map.Entry<String, Transaction> each : transactions.entrySet()) {
            if (due.size() < SWEEP_LIMIT && isDue.test(each.getValue())) {
                due.put(each.getKey(), each.getValue());
            }
        }
        for (Map.Entry<String, Transaction> each : due.entrySet()) {
            if (turnBytes >= MAX_SWEEP_BYTES) {
                return true;
            }
            action.accept(each.getKey(), each.getValue());
        }
        return due.size() == SWEEP_LIMIT;
    }

    /** Without transactional ids there is nothing to look after. */
    private void armTimers(Turn<TransactionCommand> turn) {
        if (!timersArmed && !(transactions.isEmpty() && decidedNow.isEmpty())) {
            timersArmed = true;
            turn.timer(ABORT_TIMER, settings.abortCheckIntervalMs(), new TransactionCommand.AbortTimedOut());
            turn.timer(EXPIRY_TIMER, settings.expiryCheckIntervalMs(), new TransactionCommand.ExpireIds());
        }
    }

    // ---- looking

    private List<TransactionDescription> list() {
        List<TransactionDescription> all = new ArrayList<>(transactions.size());
        transactions.forEach((id, transaction) -> all.add(describe(id, transaction)));
        return all;
    }

    private static TransactionDescription describe(String id, Transaction transaction) {
        return new TransactionDescription(
                id,
                transaction.identity(),
                transaction.state(),
                transaction.timeoutMs(),
                transaction.startedAtMs() == Transaction.NOT_STARTED
                        ? OptionalLong.empty()
                        : OptionalLong.of(transaction.startedAtMs()),
                transaction.partitions());
    }

    // ---- the log

    @Override
    public void replay(MachineRecord fact) {
        String id = TransactionCodec.decodeKey(fact.key());
        fact.value()
                .map(TransactionCodec::decodeValue)
                .ifPresentOrElse(transaction -> transactions.put(id, transaction), () -> transactions.remove(id));
    }

    @Override
    public void snapshot(Consumer<MachineRecord> out) {
        transactions.forEach((id, transaction) -> out.accept(TransactionCodec.encode(id, transaction)));
    }

    @Override
    public Optional<Runnable> whenDurable() {
        if (!resumed) {
            resumed = true;
            transactions.forEach((id, transaction) -> {
                if (transaction.state().isPrepared()) {
                    end(id, transaction);
                }
            });
        }
        if (endingsToWrite.isEmpty()) {
            return Optional.empty();
        }
        List<Ending> decided = List.copyOf(endingsToWrite);
        endingsToWrite.clear();
        return Optional.of(() -> decided.forEach(markers));
    }

    @Override
    public void onLeading(Turn<TransactionCommand> turn) {
        armTimers(turn);
    }
}
