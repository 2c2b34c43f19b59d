/** Looks into data directories and segments without changing anything: what {@code millrace check} and {@code millrace inspect} stand on. */
@NullMarked
package dev.millrace.log.check;

import org.jspecify.annotations.NullMarked;
