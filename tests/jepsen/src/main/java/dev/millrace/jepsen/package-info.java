/** The checker's runs against a real process: {@code tests/jepsen/run}. */
@NullMarked
package dev.millrace.jepsen;

import org.jspecify.annotations.NullMarked;
