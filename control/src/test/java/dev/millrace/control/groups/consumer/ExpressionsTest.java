package dev.millrace.control.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.FixedCluster;
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
                "((a{500}){500}){500}",
                "((a{1000}){1000}){1000}",
                "((\\Q[\\E{500}){500}){500}",
                "(([]{]{500}){500}){500}",
                "(((((((((a{99}){9}){9}){9}){9}){9}){9}){9}){9})"
            })
    void shouldRefuse(String expression) {
        assertThatThrownBy(() -> Expressions.check(expression)).isInstanceOf(MillraceException.class);
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
