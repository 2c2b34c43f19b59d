package dev.millrace.log.files;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Names of the files of one segment: its base offset in 20 digits, and a suffix for each kind. */
public record SegmentPaths(Path directory, long baseOffset) {

    public static final String LOG_SUFFIX = ".log";
    public static final String OFFSET_INDEX_SUFFIX = ".index";
    public static final String TIME_INDEX_SUFFIX = ".timeindex";

    public static final String TRANSACTION_INDEX_SUFFIX = ".txnindex";

    /** Of a log that compaction is writing: see {@link FileReplacement}. */
    public static final String CLEANED_SUFFIX = LOG_SUFFIX + ".cleaned";

    /** Of a log that takes the place of others: see {@link FileReplacement}. */
    public static final String SWAP_SUFFIX = LOG_SUFFIX + ".swap";

    /** Of the transaction index that belongs to it. */
    public static final String TRANSACTION_INDEX_SWAP_SUFFIX = TRANSACTION_INDEX_SUFFIX + ".swap";

    private static final int DIGITS = 20;

    public Path log() {
        return directory.resolve(name(LOG_SUFFIX));
    }

    public Path offsetIndex() {
        return directory.resolve(name(OFFSET_INDEX_SUFFIX));
    }

    public Path timeIndex() {
        return directory.resolve(name(TIME_INDEX_SUFFIX));
    }

    public Path transactionIndex() {
        return directory.resolve(name(TRANSACTION_INDEX_SUFFIX));
    }

    Path cleaned() {
        return directory.resolve(name(CLEANED_SUFFIX));
    }

    Path transactionIndexSwap() {
        return directory.resolve(name(TRANSACTION_INDEX_SWAP_SUFFIX));
    }

    Path swap() {
        return directory.resolve(name(SWAP_SUFFIX));
    }

    /** The base offset that {@code path} names; empty if it is not a file of a segment with this suffix. */
    public static OptionalLong baseOffset(Path path, String suffix) {
        String name = String.valueOf(path.getFileName());
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || offset > (Long.MAX_VALUE - digit) / 10) {
                return OptionalLong.empty();
            }
            offset = 10 * offset + digit;
        }
        return OptionalLong.of(offset);
    }

    private String name(String suffix) {
        StringBuilder name = new StringBuilder(DIGITS + suffix.length());
        String digits = Long.toString(baseOffset);
        name.repeat('0', DIGITS - digits.length());
        return name.append(digits).append(suffix).toString();
    }
}
