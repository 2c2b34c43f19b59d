package dev.millrace.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes files of one partition away in the background, one removal after the other. They work by path: a late one must not meet the
 * namesake that follows when the last one, that of the directory, is done. Owned by the shard's thread.
 */
final class FileRemovals {

    private record Removal(ShardBackground.Work work, Consumer<Optional<Throwable>> then) {}

    private final Deque<Removal> waiting = new ArrayDeque<>();
    private boolean running;

    /** @param then takes what {@code work} threw, on the shard's thread */
    void add(ShardBackground background, ShardBackground.Work work, Consumer<Optional<Throwable>> then) {
        waiting.add(new Removal(work, then));
        if (!running) {
            runNext(background);
        }
    }

    private void runNext(ShardBackground background) {
        Removal next = waiting.poll();
        running = next != null;
        if (next != null) {
            background.run(next.work, failure -> {
                next.then.accept(failure);
                runNext(background);
            });
        }
    }
}
