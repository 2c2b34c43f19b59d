package dev.millrace.testkit.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Creations, renames and removals that no sync of a directory has made durable yet, oldest first.
 *
 * <p>A rename is one change of two names: a crash keeps both halves or none. A change may survive a crash without those before it,
 * unless they concern the same names. Not thread-safe.
 */
final class PendingNames {

    private final List<List<Change>> pending = new ArrayList<>();

    /** Makes the changes visible, together. */
    void apply(Change... changes) {
        for (Change change : changes) {
            change.applyTo(change.directory.seen);
        }
        pending.add(List.of(changes));
    }

    /** Makes durable what happened to the names in {@code directory}, and what that rests on. */
    void sync(Directory directory) {
        Set<Name> needed = new HashSet<>();
        List<List<Change>> rest = new ArrayList<>();
        List<List<Change>> due = new ArrayList<>();
        for (List<Change> changes : pending.reversed()) {
            if (changes.stream().anyMatch(c -> c.directory == directory || needed.contains(c.key()))) {
                changes.forEach(c -> needed.add(c.key()));
                due.add(changes);
            } else {
                rest.add(changes);
            }
        }
        due.reversed().forEach(PendingNames::persist);
        pending.clear();
        pending.addAll(rest.reversed());
    }

    void syncAll() {
        pending.forEach(PendingNames::persist);
        pending.clear();
    }

    /** Keeps some of the changes. Afterwards the durable names are what there is. */
    void crash(Random random, double keptShare) {
        boolean inOrder = random.nextBoolean(); // A journaling file system loses a tail; others lose anything.
        boolean lostOne = false;
        Set<Name> lost = new HashSet<>();
        for (List<Change> changes : pending) {
            boolean restsOnLost = changes.stream().anyMatch(c -> lost.contains(c.key()));
            if ((inOrder && lostOne) || restsOnLost || random.nextDouble() >= keptShare) {
                lostOne = true;
                changes.forEach(c -> lost.add(c.key()));
            } else {
                persist(changes);
            }
        }
        pending.clear();
    }

    private static void persist(List<Change> changes) {
        changes.forEach(change -> change.applyTo(change.directory.durable));
    }

    /** One name gets another meaning, or none. */
    record Change(Directory directory, String name, Optional<Node> node) {

        Name key() {
            return new Name(directory, name);
        }

        void applyTo(Map<String, Node> names) {
            if (node.isPresent()) {
                names.put(name, node.get());
            } else {
                names.remove(name);
            }
        }
    }

    /** A name in a directory. {@link Directory} compares by identity, as it must. */
    record Name(Directory directory, String name) {}
}
