package dev.millrace.log;

import java.util.function.Consumer;

/** Anything but an append that a shard does. */
final class CommandTask extends ShardTask {

    /** More than any command stages: a header and a topic's name. */
    private static final long JOURNAL_BYTES = 1024;

    private final Runnable command;
    private final Consumer<Throwable> onFailure;

    CommandTask(Runnable command, Consumer<Throwable> onFailure) {
        this.command = command;
        this.onFailure = onFailure;
    }

    @Override
    long journalBytes() {
        return JOURNAL_BYTES;
    }

    @Override
    void run() {
        command.run();
    }

    @Override
    void fail(Throwable cause) {
        onFailure.accept(cause);
    }
}
