package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/** Something that a shard's thread does, in the order in which it was asked for. */
abstract class ShardTask {

    /** Link of the queue; touched by {@link TaskQueue} and the shard alone. */
    @Nullable
    ShardTask next;

    /** Bytes that wait with this task, for back-pressure. */
    long sizeBytes() {
        return 0;
    }

    /** Journal bytes that running it may take; the shard waits until there is room. */
    long journalBytes() {
        return 0;
    }

    /** When it was queued, if a recording asks for that; else 0. */
    long queuedNs;

    /**
     * Whether running it waits for nothing and takes no longer than a small write to the page cache, so that any thread may do it. On the
     * thread that runs the shard now.
     */
    boolean isBrief() {
        return false;
    }

    abstract void run();

    /** The shard ends or is fenced: nothing was done. */
    abstract void fail(Throwable cause);
}
