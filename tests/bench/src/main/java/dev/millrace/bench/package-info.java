/**
 * Millrace beside Apache Kafka in one run: the same client, the same data, rounds that alternate, and the CPU time of the broker's process.
 * Only ratios between interleaved rounds mean anything on a shared machine: {@code tests/bench/run}.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
