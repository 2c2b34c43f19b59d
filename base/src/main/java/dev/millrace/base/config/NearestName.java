package dev.millrace.base.config;

import java.util.Collection;
import java.util.Optional;

/** Which of the known names somebody may have meant. */
final class NearestName {

    private NearestName() {}

    /** The name with the fewest edits to {@code written}, the first in alphabetical order of equals; empty if none is near. */
    static Optional<String> of(String written, Collection<String> known) {
        int farthest = Math.max(2, written.length() / 3);
        String nearest = "";
        int fewest = farthest + 1;
        for (String name : known.stream().sorted().toList()) {
            int edits = edits(written, name);
            if (edits < fewest) {
                fewest = edits;
                nearest = name;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** Levenshtein's distance: insertions, deletions and replacements of one character. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
