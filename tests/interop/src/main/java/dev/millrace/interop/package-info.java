/** Real Kafka clients, each in a process of its own, against a real broker process: {@code tests/interop/run}. */
@NullMarked
package dev.millrace.interop;

import org.jspecify.annotations.NullMarked;
