package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;
import java.util.Locale;

/**
 * One line on the terminal that tells how far a long work is, redrawn a few times a second. Draws nothing where nobody looks.
 */
final class Progress implements AutoCloseable {

    private static final long REDRAW_NS = 150_000_000L;
    private static final int BAR_WIDTH = 24;

    private final Terminal terminal;
    private final Clock clock;
    private final String unit;
    private final long startNs;
    private long drawnNs;
    private boolean drawn;

    Progress(Terminal terminal, Clock clock, String unit) {
        this.terminal = terminal;
        this.clock = clock;
        this.unit = unit;
        this.startNs = clock.monotonicNs();
        this.drawnNs = startNs;
    }

    double elapsedSeconds() {
        return (clock.monotonicNs() - startNs) / 1e9;
    }

    /**
     * Tells how far the work is.
     *
     * @param done from 0 to 1; negative if nobody knows
     */
    void update(long count, double done) {
        long nowNs = clock.monotonicNs();
        if (!terminal.errIsTerminal() || nowNs - drawnNs < REDRAW_NS) {
            return;
        }
        drawnNs = nowNs;
        drawn = true;
        String bar = "";
        if (done >= 0) {
            int filled = (int) (Math.min(done, 1) * BAR_WIDTH);
            bar = "[" + "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "] ";
        }
        terminal.err().print("\r\u001b[K" + bar + rate(count));
        terminal.err().flush();
    }

    /** {@code 20,000 records in 0.8 s (25,000/s)}. */
    String rate(long count) {
        double seconds = elapsedSeconds();
        return String.format(
                Locale.ROOT, "%,d %s in %.1f s (%,.0f/s)", count, unit, seconds, count / Math.max(seconds, 0.001));
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes the line away; the next update draws it again. */
    void clear() {
        if (drawn) {
            drawn = false;
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
        }
    }
}
