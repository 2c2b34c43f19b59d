package dev.millrace.simulation.seams;

import dev.millrace.log.Append;

/** Writes the marker that ends a producer's transaction in a partition. */
interface Markers {
    Append write(int partition, long producerId, int epoch, boolean commit, boolean epochBumped);
}
