package dev.millrace.log.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.TopicId;
import dev.millrace.log.PartitionId;
import dev.millrace.log.segment.TestBatches;
import dev.millrace.testkit.files.SimulatedFileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final Path DIRECTORY = Path.of("/data/journal-0");
    private static final int FILE_SIZE_BYTES = 16 << 10;
    private static final PartitionId ID = new PartitionId(new TopicId(1, 2), 3);

    private final SimulatedFileStore files = new SimulatedFileStore(1);

    @Test
    void shouldGiveBackWhatWasSyncedInItsOrder() throws IOException {
        Journal journal = begin(100);
        ByteBuffer name = ByteBuffer.wrap("topic".getBytes(StandardCharsets.UTF_8));
        assertThat(journal.append(JournalEntry.Kind.OPENED, ID, 0, name)).isEqualTo(100);
        journal.append(JournalEntry.Kind.APPEND, ID, 40, TestBatches.batch(40, 2, 1_000));
        journal.append(JournalEntry.Kind.LOG_START, ID, 41, ByteBuffer.allocate(0));
        journal.append(JournalEntry.Kind.DELETED, ID, 0, ByteBuffer.allocate(0));
        journal.write();
        journal.sync();
        append(journal, 42);
        journal.write();
        files.setSyncsFileSystems(false);
        files.crash();

        List<JournalEntry> found = replay(100);
        assertThat(found.subList(0, 4))
                .extracting(JournalEntry::kind)
                .containsExactly(
                        JournalEntry.Kind.OPENED,
                        JournalEntry.Kind.APPEND,
                        JournalEntry.Kind.LOG_START,
                        JournalEntry.Kind.DELETED);
        assertThat(found).extracting(JournalEntry::partition).containsOnly(ID);
        assertThat(found.get(1).payload()).isEqualTo(TestBatches.batch(40, 2, 1_000));
        assertThat(found.get(2).offset()).isEqualTo(41);
        assertThat(replay(102)).hasSize(found.size() - 2);
    }

    @Test
    void shouldEndAtTheFirstEntryThatIsNotWhole() throws IOException {
        Journal journal = begin(0);
        for (int i = 0; i < 3; i++) {
            append(journal, i);
        }
        journal.write();
        Path file = DIRECTORY.resolve("0.journal");
        files.flipBit(file, JournalFile.HEADER_SIZE_BYTES + entrySizeBytes() + 200, 0);
        assertThat(replay(0)).extracting(JournalEntry::offset).containsExactly(0L);
    }

    @Test
    void shouldNotTakeWhatAnEarlierLifeLeftInAFileForItsOwn() throws IOException {
        Journal first = begin(0);
        for (int i = 0; i < 5; i++) {
            append(first, i);
        }
        first.write();
        first.close();
        Journal second = begin(Journal.LIFE_DISTANCE);
        append(second, 10);
        second.write();
        assertThat(replay(0)).extracting(JournalEntry::offset).containsExactly(10L);
    }

    @Test
    void shouldUseReleasedFilesAgainAndKeepThoseThatArePinned() throws IOException {
        Journal journal = begin(0);
        journal.add(journal.allocate(FILE_SIZE_BYTES));
        journal.add(journal.allocate(FILE_SIZE_BYTES));
        while (journal.usedBytes() < 2 * FILE_SIZE_BYTES) {
            append(journal, journal.sequenceNext());
            journal.write();
        }
        long flushed = journal.sequenceNext();
        Journal.Pins first = (from, to) -> from == 0;
        assertThat(journal.startSequenceAfterRelease(flushed, first)).isZero();
        assertThat(journal.startSequenceAfterRelease(flushed, Journal.Pins.NONE))
                .isEqualTo(flushed);
        journal.release(flushed, first);
        assertThat(journal.firstUsedSequence()).isZero();
        journal.release(flushed, Journal.Pins.NONE);
        assertThat(journal.firstUsedSequence()).isPositive();
        assertThat(journal.canGrowBy(FILE_SIZE_BYTES)).isTrue();
        journal.add(journal.allocate(FILE_SIZE_BYTES));
        assertThat(journal.canGrowBy(FILE_SIZE_BYTES)).isFalse();
    }

    @Test
    void shouldHoldEntriesBackInAJournalOfTheirOwn() throws IOException {
        Journal journal = begin(5_000);
        append(journal, 7);
        journal.append(JournalEntry.Kind.LOG_START, ID, 3, ByteBuffer.allocate(0));
        journal.write();
        Path directory = Path.of("/data/journal-held-0");
        List<JournalEntry> entries = replay(0);
        try (HeldJournal held = new HeldJournal(files, directory)) {
            for (int i = 0; i < 30_000; i++) {
                held.add(entries.get(i % 2));
            }
            held.sync();
        }
        files.crash();
        List<JournalEntry> kept = new ArrayList<>();
        new JournalReplay(files).run(directory, 0, kept::add);
        assertThat(kept).hasSize(30_000);
        assertThat(kept.get(29_998).payload()).isEqualTo(entries.getFirst().payload());
        assertThat(kept.get(29_999).offset()).isEqualTo(3);
    }

    private Journal begin(long sequence) throws IOException {
        files.createDirectories(DIRECTORY);
        files.syncDirectory(Path.of("/"));
        files.syncDirectory(Path.of("/data"));
        return Journal.begin(files, DIRECTORY, 4 * FILE_SIZE_BYTES, FILE_SIZE_BYTES, sequence);
    }

    private static void append(Journal journal, long offset) {
        journal.append(JournalEntry.Kind.APPEND, ID, offset, TestBatches.batch(offset, 1, 1_000));
    }

    private static int entrySizeBytes() {
        return Journal.entrySizeBytes(TestBatches.batch(0, 1, 1_000).remaining());
    }

    private List<JournalEntry> replay(long startSequence) throws IOException {
        List<JournalEntry> entries = new ArrayList<>();
        new JournalReplay(files).run(DIRECTORY, startSequence, entries::add);
        return entries;
    }
}
