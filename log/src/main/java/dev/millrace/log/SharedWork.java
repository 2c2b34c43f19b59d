package dev.millrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Many small pieces of work, done by the calling thread and by whoever else finds the time: it does not depend on helpers that never begin,
 * as in a simulation. Thread-safe.
 */
final class SharedWork<T> {

    private static final int HELPERS = 3;
    /** With fewer, a helper costs more than it brings. */
    private static final int ITEMS_FOR_A_HELPER = 16;

    private final List<T> items;
    private final Consumer<T> work;
    private final AtomicInteger next = new AtomicInteger();

    private SharedWork(List<T> items, Consumer<T> work) {
        this.items = items;
        this.work = work;
    }

    /**
     * Runs {@code work} once for each item, in any order, at once on several threads; returns when all is done.
     *
     * @param work must be thread-safe; what it throws is thrown on
     */
    static <T> void forEach(List<T> items, Executor helpers, Consumer<T> work) {
        SharedWork<T> shared = new SharedWork<>(items, work);
        List<Helper> begun = new ArrayList<>();
        for (int i = 0; i < Math.min(HELPERS, items.size() / ITEMS_FOR_A_HELPER); i++) {
            Helper helper = new Helper(shared::takeAll);
            begun.add(helper);
            helpers.execute(helper);
        }
        try {
            shared.takeAll();
        } finally {
            shared.next.set(items.size());
            begun.forEach(Helper::awaitUnlessIdle);
        }
        begun.forEach(Helper::throwFailure);
    }

    private void takeAll() {
        for (int index = next.getAndIncrement(); index < items.size(); index = next.getAndIncrement()) {
            work.accept(items.get(index));
        }
    }

    /** Begins once, or never. */
    private static final class Helper implements Runnable {

        private final Runnable work;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Helper(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            if (claimed.compareAndSet(false, true)) {
                try {
                    work.run();
                    done.complete(null);
                } catch (RuntimeException | Error e) {
                    done.completeExceptionally(e);
                }
            }
        }

        void awaitUnlessIdle() {
            if (claimed.compareAndSet(false, true)) {
                done.complete(null);
            }
            var _ = done.handle((nothing, failure) -> true).join();
        }

        void throwFailure() {
            try {
                done.join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case Error error -> throw error;
                    case RuntimeException failure -> throw failure;
                    case null, default -> throw e;
                }
            }
        }
    }
}
