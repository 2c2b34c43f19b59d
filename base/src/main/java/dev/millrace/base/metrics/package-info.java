/** Counters, gauges and distributions, cheap to write; the library that publishes them is loaded only when somebody reads. */
@NullMarked
package dev.millrace.base.metrics;

import org.jspecify.annotations.NullMarked;
