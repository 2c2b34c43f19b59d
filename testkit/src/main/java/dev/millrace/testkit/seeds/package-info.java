/** Tests that run for many seeds, and say how to repeat the one that failed. */
@NullMarked
package dev.millrace.testkit.seeds;

import org.jspecify.annotations.NullMarked;
