/**
 * The checker in the manner of Jepsen's test of Kafka: a history of what clients did and saw goes in, anomalies come out, each with the shortest
 * history that shows it. Pure code, which simulations and runs against real processes share. Begin at {@link dev.millrace.checker.Checker}.
 */
@NullMarked
package dev.millrace.checker;

import org.jspecify.annotations.NullMarked;
