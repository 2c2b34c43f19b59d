package dev.millrace.checker;

import static dev.millrace.checker.Histories.COMMITTED;
import static dev.millrace.checker.Histories.UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.checker.Operation.Acknowledged;
import dev.millrace.checker.Operation.Poll;
import dev.millrace.checker.Operation.Send;
import dev.millrace.checker.Operation.WholeRead;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShrinkerTest {
    private final Histories history = new Histories();

    private List<Operation> shortest(AnomalyKind kind) {
        List<Anomaly> found = Checker.check(history.operations());
        Anomaly anomaly =
                found.stream().filter(one -> one.kind() == kind).findFirst().orElseThrow();
        return Shrinker.shortest(history.operations(), anomaly, found);
    }

    @Test
    void shouldKeepOnlyWhatALostWriteNeeds() {
        for (int i = 0; i < 200; i++) {
            history.written(i + "=v" + i).polls(UNCOMMITTED, i + "=v" + i);
        }
        history.sends("lost").acknowledged("200=lost").whole(Isolation.UNCOMMITTED, 0, "0=v0");
        List<Operation> shortest = shortest(AnomalyKind.LOST_WRITE);
        assertThat(shortest).hasSizeLessThanOrEqualTo(4).last().isInstanceOf(WholeRead.class);
    }

    @Test
    void shouldKeepOnlyTheRecordsOfAPollThatMatter() {
        history.written("0=a 1=b 2=c 3=d 4=e 5=f").polls(UNCOMMITTED, "0=a 1=b 2=c 4=e 5=f");
        List<Operation> shortest = shortest(AnomalyKind.POLL_SKIP);
        assertThat(shortest)
                .filteredOn(Poll.class::isInstance)
                .singleElement()
                .satisfies(poll -> assertThat(((Poll) poll).records()).hasSize(2));
        assertThat(shortest).filteredOn(Send.class::isInstance).hasSize(3);
        assertThat(shortest).filteredOn(Acknowledged.class::isInstance).hasSize(1);
    }

    @Test
    void shouldKeepWhatMakesOthersInnocent() {
        history.sendsIn("t", "a", "x")
                .commits("t")
                .sendsIn("u", "a", "y")
                .aborts("u")
                .polls(COMMITTED, "0=x 2=y");
        List<Operation> shortest = shortest(AnomalyKind.ABORTED_READ);
        assertThat(Checker.check(shortest)).extracting(Anomaly::kind).containsExactly(AnomalyKind.ABORTED_READ);
    }

    @Test
    void shouldTellTheShortestHistoryInWords() {
        history.written("0=x 1=y").whole(Isolation.UNCOMMITTED, 0, "0=x");
        assertThatThrownBy(() -> Checker.verify(history.operations()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("lost-write: y of a, known to be at offset 1")
                .hasMessageContaining("p learns that y is at offset 1 of a");
    }
}
