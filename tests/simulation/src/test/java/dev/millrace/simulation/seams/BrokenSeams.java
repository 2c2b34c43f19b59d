package dev.millrace.simulation.seams;

import dev.millrace.log.Append;
import dev.millrace.log.AppendResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Brokers that break one promise each: with any of them the checker must find something, or it finds nothing. */
final class BrokenSeams {

    private BrokenSeams() {}

    /** Acknowledges what is accepted, and not yet durable. */
    static TransactionSeam acknowledgingBeforeSync(TransactionSeam seam) {
        return new Whole(seam) {
            @Override
            public Append append(int partition, long producerId, int epoch, int baseSequence, List<String> values) {
                Append append = super.append(partition, producerId, epoch, baseSequence, values);
                return new Append(append.accepted(), append.accepted());
            }
        };
    }

    /** Lets a producer that starts again have the epoch of the one before it, which goes on beside it. */
    static TransactionSeam skippingFences(TransactionSeam seam) {
        return new Whole(seam) {
            private final Map<Long, OptionalInt> epochs = new HashMap<>();

            @Override
            public OptionalInt initialise(long producerId) {
                OptionalInt known = epochs.getOrDefault(producerId, OptionalInt.empty());
                if (known.isEmpty()) {
                    known = super.initialise(producerId);
                    epochs.put(producerId, known);
                }
                return known;
            }
        };
    }

    /** Leaves out the marker of the first partition, and says that it is there. */
    static Markers droppingMarkers(Markers markers) {
        return (partition, producerId, epoch, commit, epochBumped) -> {
            if (partition > 0) {
                return markers.write(partition, producerId, epoch, commit, epochBumped);
            }
            CompletableFuture<AppendResult> never = CompletableFuture.completedFuture(new AppendResult(0, 0, 0, 0));
            return new Append(never, never);
        };
    }

    /** A seam as it should be, for others to break. */
    private abstract static class Whole implements TransactionSeam {
        private final TransactionSeam seam;

        Whole(TransactionSeam seam) {
            this.seam = seam;
        }

        @Override
        public OptionalInt initialise(long producerId) {
            return seam.initialise(producerId);
        }

        @Override
        public Append append(int partition, long producerId, int epoch, int baseSequence, List<String> values) {
            return seam.append(partition, producerId, epoch, baseSequence, values);
        }

        @Override
        public boolean end(long producerId, int epoch, boolean commit) {
            return seam.end(producerId, epoch, commit);
        }

        @Override
        public boolean isComplete(long producerId) {
            return seam.isComplete(producerId);
        }

        @Override
        public boolean isEpochBumped(long producerId) {
            return seam.isEpochBumped(producerId);
        }

        @Override
        public void resume() {
            seam.resume();
        }
    }
}
