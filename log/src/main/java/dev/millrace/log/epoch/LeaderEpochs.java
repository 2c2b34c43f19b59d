package dev.millrace.log.epoch;

import dev.millrace.base.Check;
import dev.millrace.log.EpochEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The leader epochs of a partition and the offset at which each began (KIP-101). Immutable: the owner publishes a new one when an
 * epoch begins, which is rare.
 *
 * <p>The file {@code leader-epoch-checkpoint}, in Kafka's format, is text:
 *
 * <pre>
 *   0              version
 *   2              entries
 *   0 0            epoch, offset of its first record
 *   3 1042
 * </pre>
 */
public final class LeaderEpochs {

    /** Nothing is known. */
    public static final LeaderEpochs EMPTY = new LeaderEpochs(new TreeMap<>());

    private static final String VERSION = "0";
    private static final int UNKNOWN = -1;

    /** Epoch to its first offset; both ascend. */
    private final NavigableMap<Integer, Long> startOffsets;

    private LeaderEpochs(NavigableMap<Integer, Long> startOffsets) {
        this.startOffsets = startOffsets;
    }

    /** The newest epoch; -1 if none is known. */
    public int latest() {
        return startOffsets.isEmpty() ? -1 : startOffsets.lastKey();
    }

    /** This, with {@code epoch} beginning at {@code startOffset}; this itself if the epoch has begun before. */
    public LeaderEpochs begun(int epoch, long startOffset) {
        if (epoch <= latest()) {
            return this;
        }
        NavigableMap<Integer, Long> more = new TreeMap<>(startOffsets);
        if (!more.isEmpty()) {
            Check.ordered(more.lastEntry().getValue(), startOffset, "epochs begin in the order of their offsets");
        }
        // An epoch in which nothing was written leaves no trace.
        more.values().removeIf(start -> start == startOffset);
        more.put(epoch, startOffset);
        return new LeaderEpochs(more);
    }

    /** This, without what lies at or behind {@code endOffset}. */
    public LeaderEpochs truncatedTo(long endOffset) {
        NavigableMap<Integer, Long> fewer = new TreeMap<>(startOffsets);
        fewer.values().removeIf(start -> start >= endOffset);
        return fewer.size() == startOffsets.size() ? this : new LeaderEpochs(fewer);
    }

    /** This, as it looks when everything before {@code startOffset} is gone: the epoch of that offset begins there. */
    public LeaderEpochs startingAt(long startOffset) {
        NavigableMap<Integer, Long> rest = new TreeMap<>(startOffsets);
        Map.Entry<Integer, Long> oldest = null;
        while (!rest.isEmpty() && rest.firstEntry().getValue() < startOffset) {
            oldest = rest.pollFirstEntry();
        }
        if (oldest == null) {
            return this;
        }
        if (rest.isEmpty() || rest.firstEntry().getValue() > startOffset) {
            rest.put(oldest.getKey(), startOffset);
        }
        return new LeaderEpochs(rest);
    }

    /**
     * The largest known epoch that is not above {@code epoch}, with the offset behind its last record; if all are above it, {@code epoch}
     * itself with the offset at which the first of them begins. Empty for an epoch that has not come yet, and for -1.
     *
     * @param current the epoch that lasts, at least {@link #latest}
     * @param logEndOffset where that epoch ends for now
     */
    public Optional<EpochEnd> endOf(int epoch, int current, long logEndOffset) {
        if (epoch == UNKNOWN || epoch > current) {
            return Optional.empty();
        }
        if (epoch == current) {
            return Optional.of(new EpochEnd(current, logEndOffset));
        }
        Map.Entry<Integer, Long> floor = startOffsets.floorEntry(epoch);
        Map.Entry<Integer, Long> next = startOffsets.higherEntry(epoch);
        return Optional.of(
                new EpochEnd(floor == null ? epoch : floor.getKey(), next == null ? logEndOffset : next.getValue()));
    }

    /** The bytes of {@code leader-epoch-checkpoint}. */
    public byte[] toCheckpoint() {
        StringBuilder text = new StringBuilder(VERSION + "\n" + startOffsets.size() + "\n");
        startOffsets.forEach(
                (epoch, offset) -> text.append(epoch).append(' ').append(offset).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #toCheckpoint} wrote. */
    public static LeaderEpochs parse(byte[] checkpoint) throws IOException {
        String[] lines = new String(checkpoint, StandardCharsets.UTF_8).split("\n");
        try {
            if (lines.length < 2 || !lines[0].equals(VERSION) || Integer.parseInt(lines[1]) != lines.length - 2) {
                throw new IOException("not a leader epoch checkpoint of version " + VERSION);
            }
            LeaderEpochs epochs = EMPTY;
            for (String line : Arrays.asList(lines).subList(2, lines.length)) {
                String[] fields = line.split(" ", -1);
                epochs = epochs.begun(Integer.parseInt(fields[0]), Long.parseLong(fields[1]));
            }
            return epochs;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException | Check.InvariantViolation e) {
            throw new IOException("damaged leader epoch checkpoint: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return startOffsets.toString();
    }
}
