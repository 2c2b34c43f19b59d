package dev.millrace.control.groups;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Guards of positions that are being committed in transactions (KIP-890): between the moment when the coordinator says that a transaction
 * is open and the moment when its positions are pending it may end, and then they must not become pending, for nobody would end them. Thread-safe.
 */
public final class OffsetGuards {

    private final ConcurrentHashMap<Long, Set<Guard>> openByProducerId = new ConcurrentHashMap<>();

    OffsetGuards() {}

    /** Void as soon as a transaction of the producer is being ended. Thread-safe. */
    public final class Guard implements AutoCloseable {

        private final long producerId;
        private final short producerEpoch;
        private volatile boolean isVoid;

        private Guard(long producerId, short producerEpoch) {
            this.producerId = producerId;
            this.producerEpoch = producerEpoch;
        }

        /** Why what was confirmed under this guard no longer holds. */
        public Optional<MillraceException> refusal() {
            return isVoid
                    ? Optional.of(new MillraceException(
                            ErrorCode.INVALID_TXN_STATE,
                            "the transaction of producer " + producerId + " has ended in the meantime"))
                    : Optional.empty();
        }

        @Override
        public void close() {
            openByProducerId.computeIfPresent(producerId, (id, open) -> {
                open.remove(this);
                return open.isEmpty() ? null : open;
            });
        }
    }

    Guard open(long producerId, short producerEpoch) {
        Guard guard = new Guard(producerId, producerEpoch);
        openByProducerId.compute(producerId, (id, open) -> {
            Set<Guard> guards = open == null ? ConcurrentHashMap.newKeySet() : open;
            guards.add(guard);
            return guards;
        });
        return guard;
    }

    /**
     * A transaction of the producer is being ended: what was confirmed before counts no more. Where each transaction has an epoch of its own, a
     * marker bears the epoch of the next one, and may be written again after a restart: whoever is in the next one by then goes on.
     */
    void voidAll(long producerId, short markerEpoch, boolean epochBumped) {
        openByProducerId.computeIfPresent(producerId, (id, open) -> {
            open.removeIf(guard -> {
                boolean over = !epochBumped || guard.producerEpoch < markerEpoch;
                guard.isVoid |= over;
                return over;
            });
            return open.isEmpty() ? null : open;
        });
    }
}
