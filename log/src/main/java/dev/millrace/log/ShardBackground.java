package dev.millrace.log;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Has work that waits for the disk done elsewhere, and goes on with its outcome on the shard's thread. Thread-safe, but for the list of
 * removals, which is the shard's thread's.
 */
final class ShardBackground {

    /** Touches nothing that the shard's thread owns. */
    interface Work {
        void run() throws IOException;
    }

    private final Executor background;
    private final Consumer<Runnable> shardThread;
    private final Set<FileRemovals> removing = new HashSet<>();

    /** @param shardThread runs what it is given on the shard's thread, soon */
    ShardBackground(Executor background, Consumer<Runnable> shardThread) {
        this.background = background;
        this.shardThread = shardThread;
    }

    void execute(Runnable work) {
        background.execute(work);
    }

    /** Has {@code task} run on the shard's thread, soon. */
    void post(Runnable task) {
        shardThread.accept(task);
    }

    void began(FileRemovals removals) {
        removing.add(removals);
    }

    void ended(FileRemovals removals) {
        removing.remove(removals);
    }

    /** What takes files away now. */
    List<FileRemovals> removing() {
        return List.copyOf(removing);
    }

    /** @param then takes what {@code work} threw, whatever that was: nobody waits for it in vain. An {@link Error} is thrown on, too. */
    void run(Work work, Consumer<Optional<Throwable>> then) {
        background.execute(() -> {
            Optional<Throwable> failure = Optional.empty();
            try {
                work.run();
            } catch (IOException | RuntimeException e) {
                failure = Optional.of(e);
            } catch (Error e) {
                failure = Optional.of(e);
                throw e;
            } finally {
                Optional<Throwable> outcome = failure;
                shardThread.accept(() -> then.accept(outcome));
            }
        });
    }
}
