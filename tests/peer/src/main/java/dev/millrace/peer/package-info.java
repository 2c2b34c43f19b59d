/**
 * Brokers as real processes: Apache Kafka as published, and Millrace as shipped, started, measured through {@code /proc}, stopped and killed in
 * the same way, so that parity, interop and bench treat both alike.
 */
@NullMarked
package dev.millrace.peer;

import org.jspecify.annotations.NullMarked;
