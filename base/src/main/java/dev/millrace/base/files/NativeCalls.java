package dev.millrace.base.files;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
            int closeOnExec = 0x80000;
            return (int) Bound.OPEN.invokeExact(arena.allocateFrom(path.toString()), closeOnExec);
        } catch (Throwable t) {
            throw new LinkageError("open", t);
        }
    }

    static void close(int fd) {
        try {
            int ignored = (int) Bound.CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw new LinkageError("close", t);
        }
    }

    /** How many pages of the range are in the page cache; negative if that cannot be told. */
    static long cachedPages(int fd, long position, long sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            // struct cachestat_range { u64 off, len }, then struct cachestat { u64 nr_cache, and four more }.
            MemorySegment range = arena.allocate(56, 8);
            MemorySegment stat = range.asSlice(16);
            range.set(JAVA_LONG, 0, position);
            range.set(JAVA_LONG, 8, sizeBytes);
            long result = (long) Bound.CACHESTAT.invokeExact(Bound.CACHESTAT_NUMBER, (long) fd, range, stat, 0L);
            return result == 0 ? stat.get(JAVA_LONG, 0) : -1;
        } catch (Throwable t) {
            throw new LinkageError("cachestat", t);
        }
    }

    /** 0, or the {@code errno}. */
    static int syncfs(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Bound.ERRNO);
            int result = (int) Bound.SYNCFS.invokeExact(errno, fd);
            return result == 0 ? 0 : errno.get(JAVA_INT, 0);
        } catch (Throwable t) {
            throw new LinkageError("syncfs", t);
        }
    }

    /** Initialised by the first call: the handles. */
    private static final class Bound {

        /** The same on every architecture: it is younger than the common table of system calls. */
        static final long CACHESTAT_NUMBER = 451;

        static final StructLayout ERRNO = Linker.Option.captureStateLayout();
        static final MethodHandle OPEN =
                link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
        static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        static final MethodHandle SYNCFS =
                link("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT), Linker.Option.captureCallState("errno"));
        static final MethodHandle CACHESTAT = link(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));

        static final boolean HAS_CACHESTAT = Platform.isLinuxAtLeast(6, 5);

        @SuppressWarnings("restricted")
        private static MethodHandle link(String name, FunctionDescriptor signature, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature, options);
        }
    }
}
