package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which producers have a transaction open in a partition, and the guards of those that want to open one. Guards are given on any thread;
 * whether one counts is decided on the shard's thread alone, which is the only one to say that a transaction began or ended.
 */
final class TransactionGuards {

    /** Guards that nobody confirmed stay until a sweep: with so many, further producers get some that do not count. */
    static final int MAX_PENDING = 10_000;

    /** The epoch of each producer that has a transaction open. */
    private final Map<Long, Short> open = new ConcurrentHashMap<>(1);

    private final Map<Long, TransactionGuard> pending = new ConcurrentHashMap<>(1);

    /** See {@link PartitionLog#guardTransaction}. On any thread. */
    Optional<TransactionGuard> guard(long producerId, short epoch, int baseSequence, boolean epochBumped) {
        Short openEpoch = open.get(producerId);
        if (openEpoch != null && openEpoch == epoch) {
            return Optional.empty();
        }
        if (pending.size() >= MAX_PENDING && !pending.containsKey(producerId)) {
            return Optional.of(new TransactionGuard(producerId, epoch, baseSequence, epochBumped));
        }
        return Optional.of(pending.compute(producerId, (id, known) -> {
            if (known == null || known.producerEpoch() != epoch || known.epochBumped() != epochBumped) {
                return new TransactionGuard(producerId, epoch, baseSequence, epochBumped);
            }
            known.lowerTo(baseSequence);
            return known;
        }));
    }

    // ---- On the shard's thread

    /** @throws MillraceException INVALID_TXN_STATE unless {@code guard} is the one that counts for this producer and epoch */
    void check(Optional<TransactionGuard> guard, long producerId, short epoch) {
        TransactionGuard valid = pending.get(producerId);
        if (valid == null || guard.isEmpty() || guard.get() != valid || valid.producerEpoch() != epoch) {
            throw new MillraceException(
                    ErrorCode.INVALID_TXN_STATE,
                    "producer " + producerId + " has no transaction of epoch " + epoch
                            + " open in this partition, and nobody has confirmed since its last one that it may begin"
                            + " one");
        }
        valid.swept = false;
    }

    @Nullable
    TransactionGuard pending(long producerId) {
        return pending.get(producerId);
    }

    /** The producer has a transaction open. Its guards did their duty. */
    void begun(long producerId, short epoch) {
        Short openEpoch = open.get(producerId);
        if (openEpoch == null || openEpoch != epoch) {
            open.put(producerId, epoch);
            pending.remove(producerId);
        }
    }

    /**
     * A marker of the producer was appended: what was confirmed before counts no more. Where each transaction has an epoch of its own, a
     * marker bears the epoch of the next one: whoever waits to begin that, while this one is being completed, goes on.
     */
    void ended(long producerId, short markerEpoch) {
        open.remove(producerId);
        pending.computeIfPresent(
                producerId, (id, guard) -> guard.epochBumped() && guard.producerEpoch() >= markerEpoch ? guard : null);
    }

    /** Forgets guards that have been there since the last sweep: whoever took them has given up. */
    void sweep() {
        pending.values().removeIf(guard -> guard.swept);
        pending.values().forEach(guard -> guard.swept = true);
    }
}
