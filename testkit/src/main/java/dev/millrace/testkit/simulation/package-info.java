/** A whole world on one thread, from a seed: time, timers, agents, background work and a disk. */
@NullMarked
package dev.millrace.testkit.simulation;

import org.jspecify.annotations.NullMarked;
