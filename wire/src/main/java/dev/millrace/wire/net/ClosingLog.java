package dev.millrace.wire.net;

import dev.millrace.base.time.Clock;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each connection that is closed for what it sent, at most {@link #LINES_PER_SECOND} of them: a hostile client must not fill the
 * log either. Thread-safe.
 */
final class ClosingLog {

    private static final Logger log = LoggerFactory.getLogger(ClosingLog.class);
    private static final int LINES_PER_SECOND = 10;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int REASON_MAX_CHARS = 300;

    private final Clock clock;
    private final AtomicLong secondStartNs;
    private final AtomicLong linesInSecond = new AtomicLong();
    private final AtomicLong suppressed = new AtomicLong();

    ClosingLog(Clock clock) {
        this.clock = clock;
        this.secondStartNs = new AtomicLong(clock.monotonicNs());
    }

    void closed(InetSocketAddress remote, long connectionId, String reason) {
        long nowNs = clock.monotonicNs();
        long startNs = secondStartNs.get();
        if (nowNs - startNs > SECOND_NS && secondStartNs.compareAndSet(startNs, nowNs)) {
            linesInSecond.set(0);
        }
        if (linesInSecond.incrementAndGet() > LINES_PER_SECOND) {
            suppressed.incrementAndGet();
            return;
        }
        log.warn(
                "event=connection-closed remote={} connection={} reason=\"{}\" similarSuppressed={}",
                remote,
                connectionId,
                printable(reason),
                suppressed.getAndSet(0));
    }

    /** What a client sent must not draw lines of its own into the log. */
    private static String printable(String reason) {
        StringBuilder text = new StringBuilder(Math.min(reason.length(), REASON_MAX_CHARS));
        for (int at = 0; at < reason.length() && at < REASON_MAX_CHARS; at++) {
            char c = reason.charAt(at);
            text.append(Character.isISOControl(c) || c == '"' ? '.' : c);
        }
        return text.toString();
    }
}
