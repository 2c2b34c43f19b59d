/**
 * Transactions under crashes and zombies, judged by the checker; and brokers that break one promise each, of whom the checker must find every one.
 */
@NullMarked
package dev.millrace.simulation.seams;

import org.jspecify.annotations.NullMarked;
