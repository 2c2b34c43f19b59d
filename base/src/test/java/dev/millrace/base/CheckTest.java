package dev.millrace.base;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.Check.InvariantViolation;
import org.junit.jupiter.api.Test;

final class CheckTest {

    @Test
    void shouldPassWhatHolds() {
        Check.that(true, "truth");
        Check.equal(3, 3, "equality");
        Check.ordered(3, 3, "order");
        Check.ordered(Long.MIN_VALUE, Long.MAX_VALUE, "order");
    }

    @Test
    void shouldNameTheInvariantAndTheValues() {
        assertThatThrownBy(() -> Check.that(false, "truth"))
                .isInstanceOf(InvariantViolation.class)
                .hasMessage("truth");
        assertThatThrownBy(() -> Check.equal(3, 4, "offset")).hasMessage("offset: expected 4, is 3");
        assertThatThrownBy(() -> Check.ordered(5, 4, "offsets ascend")).hasMessage("offsets ascend: 5 > 4");
    }
}
