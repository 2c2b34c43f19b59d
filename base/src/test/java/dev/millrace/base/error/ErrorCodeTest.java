package dev.millrace.base.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.error.ErrorCode.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorCodeTest {

    @ParameterizedTest
    @EnumSource
    void shouldHaveACategoryAndSayWhatItIsAndWhatToDo(ErrorCode code) {
        assertThat(code.category()).isNotNull();
        assertThat(code.meaning()).matches("\\p{Lu}.{10,}\\. \\p{Lu}.*\\.");
    }

    @Test
    void shouldTakeAStackTraceOnlyForDefectsOfOurs() {
        for (ErrorCode code : ErrorCode.values()) {
            MillraceException failure = new MillraceException(code, "where", new IllegalStateException("cause"));
            assertThat(failure.getStackTrace().length > 0).isEqualTo(code.category() == Category.INTERNAL);
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure).hasMessage("where").hasCauseInstanceOf(IllegalStateException.class);
        }
    }
}
