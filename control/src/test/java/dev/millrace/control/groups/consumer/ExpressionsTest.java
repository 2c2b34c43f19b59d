package dev.millrace.control.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.FixedCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions for topics: what is taken, what is not, and what they match. */
final class ExpressionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fl.*",
                "(flights|boats)",
                "[a-z]{1,249}",
                "(?i)FLIGHTS",
                "\\Qflights\\E",
                "([a-z]{3}-){5}[0-9]{4}|flights",
                "[]a{]*flights"
            })
    void shouldTake(String expression) {
        assertThatCode(() -> Expressions.check(expression)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fl(",
                "*",
                "(?=flights)",
                "[a-z]{900}[0-9]{249}",
                "((a{500}){500}){500}",
                "((a{1000}){1000}){1000}",
                "((\\Q[\\E{500}){500}){500}",
                "(([]{]{500}){500}){500}",
                "(((((((((a{99}){9}){9}){9}){9}){9}){9}){9}){9})"
            })
    void shouldRefuse(String expression) {
        assertThatThrownBy(() -> Expressions.check(expression)).isInstanceOf(MillraceException.class);
    }

    @Test
    void shouldRefuseWhatWouldTakeTooLongOnAllNames() {
        FixedCluster cluster = new FixedCluster();
        Expressions expressions = new Expressions();
        for (int i = 0; i < 300; i++) {
            cluster.topic("x".repeat(240) + i, 1);
        }
        assertThatThrownBy(() -> expressions.checkSteps("[a-z]{900}", cluster.copy()))
                .isInstanceOf(MillraceException.class);
        assertThatCode(() -> expressions.checkSteps("[a-z]{200}", cluster.copy()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fl.*s", "flights|boats", "[[:alpha:]]{7}"})
    void shouldMatchWholeNames(String expression) {
        FixedCluster cluster = new FixedCluster();
        cluster.topic("flights", 1);
        cluster.topic("flights-eu", 1);
        assertThat(new Expressions().matching(expression, cluster.copy())).containsExactly("flights");
    }
}
