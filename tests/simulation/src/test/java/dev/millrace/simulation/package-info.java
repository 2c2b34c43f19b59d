/** Whole runs from a seed, under every fault that the simulated world knows, and the checker that judges them. */
@NullMarked
package dev.millrace.simulation;

import org.jspecify.annotations.NullMarked;
