package dev.millrace.log;

import java.nio.file.Path;
import java.util.Optional;

/** A directory that is named as a partition's is: {@code NAME-N}. */
record PartitionPlace(Path directory, String topic, int number) {

    private static final int MAX_DIGITS = 9;

    /** Empty if it is named otherwise. */
    static Optional<PartitionPlace> of(Path directory) {
        String name = String.valueOf(directory.getFileName());
        int dash = name.lastIndexOf('-');
        int digits = name.length() - dash - 1;
        if (dash < 1 || digits < 1 || digits > MAX_DIGITS) {
            return Optional.empty();
        }
        for (int i = dash + 1; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        return Optional.of(new PartitionPlace(
                directory, name.substring(0, dash), Integer.parseInt(name, dash + 1, name.length(), 10)));
    }

    /** Of the directory. */
    String name() {
        return String.valueOf(directory.getFileName());
    }
}
