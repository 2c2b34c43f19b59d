package dev.millrace.log;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** A directory that is named as a partition's is: {@code NAME-N}. */
record PartitionPlace(Path directory, String topic, int number) {

    private static final int MAX_DIGITS = 9;

    /** Empty if it is named otherwise. */
    static Optional<PartitionPlace> of(Path directory) {
        String name = String.valueOf(directory.getFileName());
        int dash = name.lastIndexOf('-');
        OptionalInt number = dash < 1 ? OptionalInt.empty() : number(name, dash + 1);
        return number.isEmpty()
                ? Optional.empty()
                : Optional.of(new PartitionPlace(directory, name.substring(0, dash), number.getAsInt()));
    }

    /** What {@code name} says from {@code start} to its end, if that is a number. */
    static OptionalInt number(String name, int start) {
        int digits = name.length() - start;
        if (digits < 1 || digits > MAX_DIGITS) {
            return OptionalInt.empty();
        }
        for (int i = start; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(Integer.parseInt(name, start, name.length(), 10));
    }

    /** Of the directory. */
    String name() {
        return String.valueOf(directory.getFileName());
    }
}
