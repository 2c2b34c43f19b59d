package dev.millrace.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TopicIdTest {

    @Test
    void shouldPrintAndReadAsKafkaDoes() {
        TopicId id = TopicId.of(UUID.fromString("00000000-0000-0001-ffff-ffffffffffff"));
        assertThat(id).hasToString("AAAAAAAAAAH__________w");
        assertThat(TopicId.parse("AAAAAAAAAAH__________w")).isEqualTo(id);
        assertThat(TopicId.ZERO).hasToString("AAAAAAAAAAAAAAAAAAAAAA");
    }

    @Test
    void shouldRefuseWhatIsNotAnId() {
        for (String text : new String[] {"", "AAAA", "AAAAAAAAAAAAAAAAAAAA+/", "AAAAAAAAAAAAAAAAAAAAAAAA"}) {
            assertThatThrownBy(() -> TopicId.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
