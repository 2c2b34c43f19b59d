@NullMarked
package dev.millrace.testkit.simulation;

import org.jspecify.annotations.NullMarked;
