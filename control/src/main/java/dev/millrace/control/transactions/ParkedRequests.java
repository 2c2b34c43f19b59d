package dev.millrace.control.transactions;

import dev.millrace.control.machine.Turn;
import dev.millrace.control.transactions.api.TransactionCommand;
import dev.millrace.control.transactions.api.TransactionSettings;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Requests that wait until the previous transaction of their id is complete, so that their clients need not ask again after a pause. Soft state;
 * bounded in number and time. Not thread-safe.
 */
final class ParkedRequests {

    private final TransactionSettings settings;
    private final Map<String, ArrayDeque<Parked>> byId = new HashMap<>();

    ParkedRequests(TransactionSettings settings) {
        this.settings = settings;
    }

    /** A request, and until when (monotonic, ms) it may wait. */
    record Parked(TransactionCommand.Parkable request, long deadlineMs) {}

    /** Until when a request that comes now may wait. */
    long deadlineMs(Turn<TransactionCommand> turn) {
        return turn.monotonicMs() + settings.maxParkedMs();
    }

    /** Keeps the request, behind those that came before it; refuses it with CONCURRENT_TRANSACTIONS if there are too many. */
    void park(Parked parked, Turn<TransactionCommand> turn) {
        String id = parked.request().transactionalId();
        ArrayDeque<Parked> waiting = byId.computeIfAbsent(id, key -> new ArrayDeque<>());
        if (waiting.size() >= settings.maxParkedPerId() || parked.deadlineMs() <= turn.monotonicMs()) {
            turn.fail(parked.request().reply(), Refusals.stillCompleting(id));
        } else {
            waiting.add(parked);
        }
        arm(id, waiting, turn);
    }

    /** Takes everything that waits for this id, in order. */
    Queue<Parked> take(String transactionalId, Turn<TransactionCommand> turn) {
        ArrayDeque<Parked> waiting = byId.remove(transactionalId);
        if (waiting == null) {
            return new ArrayDeque<>();
        }
        turn.cancelTimer(timer(transactionalId));
        return waiting;
    }

    /** Puts back what was taken and not come to, behind what was parked again; the next turn looks at it. */
    void putBack(String transactionalId, Queue<Parked> taken, Turn<TransactionCommand> turn) {
        if (!taken.isEmpty()) {
            byId.computeIfAbsent(transactionalId, key -> new ArrayDeque<>()).addAll(taken);
            turn.timer(timer(transactionalId), 0, new TransactionCommand.ParkingEnded(transactionalId));
        }
    }

    boolean isWaitedFor(String transactionalId) {
        return byId.containsKey(transactionalId);
    }

    /** Refuses what has waited for too long. */
    void onTimer(String transactionalId, Turn<TransactionCommand> turn) {
        ArrayDeque<Parked> waiting = byId.get(transactionalId);
        if (waiting == null) {
            return;
        }
        waiting.removeIf(parked -> {
            boolean over = parked.deadlineMs() <= turn.monotonicMs();
            if (over) {
                turn.fail(parked.request().reply(), Refusals.stillCompleting(transactionalId));
            }
            return over;
        });
        arm(transactionalId, waiting, turn);
    }

    private void arm(String transactionalId, ArrayDeque<Parked> waiting, Turn<TransactionCommand> turn) {
        Parked first = waiting.peek();
        if (first == null) {
            byId.remove(transactionalId);
            turn.cancelTimer(timer(transactionalId));
        } else {
            turn.timer(
                    timer(transactionalId),
                    Math.max(1, first.deadlineMs() - turn.monotonicMs()),
                    new TransactionCommand.ParkingEnded(transactionalId));
        }
    }

    private static String timer(String transactionalId) {
        return "parked " + transactionalId;
    }
}
