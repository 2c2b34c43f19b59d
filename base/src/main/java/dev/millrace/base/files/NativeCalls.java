package dev.millrace.base.files;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few calls of Linux that the JDK does not offer. Bound when first wanted, never at start-up: binding costs about 0.1 s in a cold
 * process, and some megabytes.
 */
final class NativeCalls {

    private static final Logger log = LoggerFactory.getLogger(NativeCalls.class);

    private static final AtomicBoolean bindingStarted = new AtomicBoolean();
    private static volatile boolean bound;

    private NativeCalls() {}

    /** Whether {@link #cachedPages} may be called. If not yet, the first asker causes it to be bound in the background. */
    static boolean canTellCachedPages() {
        if (bound) {
            return Bound.HAS_CACHESTAT;
        }
        if (bindingStarted.compareAndSet(false, true)) {
            Thread.ofPlatform().name("native-binding").daemon().start(NativeCalls::bind);
        }
        return false;
    }

    /** Binds, if that is still to be done, and waits for it; {@code false} if the platform does not have these calls. */
    static boolean bind() {
        try {
            bound = Bound.OPEN != null;
        } catch (LinkageError e) { // Also of the second attempt, and all after it.
            log.warn("event=native-calls-unavailable reason={}", e.toString());
        }
        return bound;
    }

    /** A descriptor of {@code path}, or a negative number. */
    static int openForReading(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            long closeOnExec = 0x80000;
            return (int)
                    call(Bound.OPEN, arena, arena.allocateFrom(path.toString()).address(), closeOnExec, 0, 0, 0);
        }
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            call(Bound.CLOSE, arena, fd, 0, 0, 0, 0);
        }
    }

    /** How many pages of the range are in the page cache; negative if that cannot be told. */
    static long cachedPages(int fd, long position, long sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            // struct cachestat_range { u64 off, len }, then struct cachestat { u64 nr_cache, and four more }.
            MemorySegment range = arena.allocate(16, 8);
            MemorySegment stat = arena.allocate(40, 8);
            range.set(JAVA_LONG, 0, position);
            range.set(JAVA_LONG, 8, sizeBytes);
            long number = Bound.CACHESTAT_NUMBER;
            long result = call(Bound.SYSCALL, arena, number, fd, range.address(), stat.address(), 0);
            return result == 0 ? stat.get(JAVA_LONG, 0) : -1;
        }
    }

    /** 0, or the {@code errno}. */
    static int syncfs(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Bound.ERRNO);
            int result = (int) (long) Bound.SYNCFS.invokeExact(errno, (long) fd, 0L, 0L, 0L, 0L);
            return result == 0 ? 0 : errno.get(JAVA_INT, 0);
        } catch (Throwable t) {
            throw new LinkageError("syncfs", t);
        }
    }

    private static long call(MethodHandle function, Arena arena, long a, long b, long c, long d, long e) {
        try {
            return (long) function.invokeExact(arena.allocate(Bound.ERRNO), a, b, c, d, e);
        } catch (Throwable t) {
            throw new LinkageError("native call", t);
        }
    }

    /** Initialised by the first call: the handles. */
    private static final class Bound {

        /** The same on every architecture: it is younger than the common table of system calls. */
        static final long CACHESTAT_NUMBER = 451;

        static final StructLayout ERRNO = Linker.Option.captureStateLayout();

        /**
         * One shape for all four: five words in, one out. Each shape costs classes made at run time, 4 MB of memory and tens of
         * milliseconds; in the calling conventions of Linux a function does not mind words that it does not ask for.
         */
        private static final FunctionDescriptor WORDS =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

        static final MethodHandle OPEN = link("open");
        static final MethodHandle CLOSE = link("close");
        static final MethodHandle SYNCFS = link("syncfs");
        static final MethodHandle SYSCALL = link("syscall");
        static final boolean HAS_CACHESTAT = Platform.isLinuxAtLeast(6, 5);

        @SuppressWarnings("restricted")
        private static MethodHandle link(String name) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name), WORDS, Linker.Option.captureCallState("errno"));
        }
    }
}
