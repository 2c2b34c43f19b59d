package dev.millrace.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes files of one partition away in the background, one removal after the other, and none while compaction replaces some. They work by
 * path: a late one must not meet the namesake that follows when the last one, that of the directory, is done. Owned by the shard's thread.
 */
final class FileRemovals {

    /** Begins, on the shard's thread, and calls what it is given when it has ended, on that thread too. */
    interface Turn {
        void begin(Runnable ended);
    }

    private final Deque<Turn> waiting = new ArrayDeque<>();
    private boolean underWay;
    /** What is under way, if that is a removal. */
    private @Nullable Removal running;

    /** @param then takes what {@code work} threw, on the shard's thread */
    void add(ShardBackground background, ShardBackground.Work work, Consumer<Optional<Throwable>> then) {
        add(ended -> {
            Removal removal = new Removal(
                    work,
                    failure -> background.post(() -> {
                        running = null;
                        background.ended(this);
                        then.accept(failure);
                        ended.run();
                    }));
            running = removal;
            background.began(this);
            background.execute(removal);
        });
    }

    /** Has {@code turn} begin when everything that was added before has ended; nothing else begins until it ends. */
    void add(Turn turn) {
        waiting.add(turn);
        if (!underWay) {
            runNext();
        }
    }

    /** Whether something is still to be taken away, or has its turn. */
    boolean isUnderWay() {
        return underWay;
    }

    private void runNext() {
        Turn next = waiting.poll();
        underWay = next != null;
        if (next != null) {
            next.begin(this::runNext);
        }
    }

    /**
     * For the end of the shard: does what nobody has begun, here and now, or else waits for who has. Not for a turn: who has it ends by
     * itself, or leaves the rest to the next start.
     *
     * @return whether the removal that is under way has ended; the next one begins when the shard has been told
     */
    boolean finishRunning(long timeoutNs) {
        Removal removal = running;
        return removal == null || removal.finish(timeoutNs);
    }

    /** One of them: done once, by the thread that comes first. */
    private static final class Removal implements Runnable {

        private final ShardBackground.Work work;
        private final Consumer<Optional<Throwable>> whenDone;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Removal(ShardBackground.Work work, Consumer<Optional<Throwable>> whenDone) {
            this.work = work;
            this.whenDone = whenDone;
        }

        @Override
        public void run() {
            if (!claimed.compareAndSet(false, true)) {
                return;
            }
            Optional<Throwable> failure = Optional.empty();
            try {
                work.run();
            } catch (IOException | RuntimeException e) {
                failure = Optional.of(e);
            } catch (Error e) {
                failure = Optional.of(e);
                throw e;
            } finally {
                whenDone.accept(failure);
                done.complete(null);
            }
        }

        boolean finish(long timeoutNs) {
            run();
            try {
                done.get(Math.max(0, timeoutNs), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new IllegalStateException("it completes, or does not", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
