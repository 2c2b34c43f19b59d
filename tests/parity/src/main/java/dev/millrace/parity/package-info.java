/**
 * One script of requests, also the odd ones, sent to a broker through plain sockets. {@link dev.millrace.parity.Recorder} writes down what Apache
 * Kafka answers; the test of this module replays the script against Millrace and compares field by field. A difference that is meant stands in
 * {@code tests/parity/differences.md} with its reason.
 */
@NullMarked
package dev.millrace.parity;

import org.jspecify.annotations.NullMarked;
