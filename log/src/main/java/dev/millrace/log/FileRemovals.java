package dev.millrace.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes files of one partition away in the background, one removal after the other, and none while compaction replaces some. They work by path: a late one must not meet the
 * namesake that follows when the last one, that of the directory, is done. Owned by the shard's thread.
 */
final class FileRemovals {

    /** Begins, on the shard's thread, and calls what it is given when it has ended, on that thread too. */
    interface Turn {
        void begin(Runnable ended);
    }

    private final Deque<Turn> waiting = new ArrayDeque<>();
    private boolean running;

    /** @param then takes what {@code work} threw, on the shard's thread */
    void add(ShardBackground background, ShardBackground.Work work, Consumer<Optional<Throwable>> then) {
        add(ended -> background.run(work, failure -> {
            then.accept(failure);
            ended.run();
        }));
    }

    /** Has {@code turn} begin when everything that was added before has ended; nothing else begins until it ends. */
    void add(Turn turn) {
        waiting.add(turn);
        if (!running) {
            runNext();
        }
    }

    private void runNext() {
        Turn next = waiting.poll();
        running = next != null;
        if (next != null) {
            next.begin(this::runNext);
        }
    }
}
