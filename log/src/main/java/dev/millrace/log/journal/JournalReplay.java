package dev.millrace.log.journal;

import dev.millrace.base.files.FileStore;
import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Reads what a journal holds after a crash: its whole entries, in the order in which they were written. */
public final class JournalReplay {

    private record Found(Path path, long firstSequence) {}

    private final FileStore files;
    private final List<String> findings = new ArrayList<>();
    private long entriesCount;
    private long sequenceNext;
    private boolean complete = true;

    public JournalReplay(FileStore files) {
        this.files = files;
    }

    /** In words, what was damaged. A torn end is not: that is what a crash leaves. */
    public List<String> findings() {
        return findings;
    }

    public long entriesCount() {
        return entriesCount;
    }

    /** A sequence above every one that any file of the journal may hold. */
    public long sequenceNext() {
        return sequenceNext;
    }

    /**
     * Whether everything from the start on was there, but for a torn end: no file is missing or damaged, and one holds the start. It is
     * also there if the journal's last life wrote nothing, to files of which none is missing.
     */
    public boolean isComplete() {
        return complete && findings.isEmpty();
    }

    /**
     * Visits the entries from {@code startSequence} on.
     *
     * @param startSequence entries before it are in segments, or of an earlier life
     */
    public void run(Path directory, long startSequence, Consumer<JournalEntry> visitor) throws IOException {
        sequenceNext = Math.max(sequenceNext, startSequence);
        long expected = -1;
        boolean startHeld = false;
        long end = 0;
        for (Found found : filesIn(directory)) {
            ByteBuffer content = ByteBuffer.wrap(files.readAll(found.path));
            if (expected >= 0 && found.firstSequence != expected && found.firstSequence > startSequence) {
                findings.add("journal " + directory + ": entries " + expected + " to " + (found.firstSequence - 1)
                        + " are missing before " + found.path.getFileName());
            }
            expected = visit(content, found.firstSequence, startSequence, visitor);
            sequenceNext = Math.max(sequenceNext, expected);
            startHeld |= found.firstSequence <= startSequence && startSequence <= expected;
            end = expected;
        }
        complete &= startHeld || startSequence - end >= Journal.LIFE_DISTANCE;
    }

    private long visit(ByteBuffer content, long firstSequence, long startSequence, Consumer<JournalEntry> visitor) {
        long sequence = firstSequence;
        int position = JournalFile.HEADER_SIZE_BYTES;
        while (JournalEntry.isAt(content, position, sequence)) {
            if (sequence >= startSequence) {
                visitor.accept(JournalEntry.at(content, position));
                entriesCount++;
            }
            position += JournalEntry.sizeBytesAt(content, position);
            sequence++;
        }
        return sequence;
    }

    private List<Found> filesIn(Path directory) throws IOException {
        List<Found> found = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path path : files.list(directory)) {
            if (path.getFileName().toString().endsWith(Journal.FILE_SUFFIX)) {
                names.add(path.getFileName().toString());
                long firstSequence = firstSequenceOf(path);
                if (firstSequence >= 0) {
                    found.add(new Found(path, firstSequence));
                }
            }
        }
        complete &= !names.isEmpty() && IntStream.range(0, names.size()).allMatch(i -> names.contains(Journal.name(i)));
        found.sort(Comparator.comparingLong(Found::firstSequence));
        return found;
    }

    private long firstSequenceOf(Path path) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(JournalFile.HEADER_SIZE_BYTES);
        try (StoreFile file = files.open(path, FileStore.Mode.READ)) {
            file.read(header, 0);
        }
        long firstSequence = JournalFile.firstSequenceIn(header.flip());
        complete &= firstSequence >= 0 || isBlank(header);
        return firstSequence;
    }

    /** Of a file that was made ready and never used. */
    private static boolean isBlank(ByteBuffer header) {
        for (int i = 0; i < header.limit(); i++) {
            if (header.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
