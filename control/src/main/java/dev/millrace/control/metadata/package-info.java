/** The metadata machine: which topics there are, how they are configured, and which producer ids are taken. */
@NullMarked
package dev.millrace.control.metadata;

import org.jspecify.annotations.NullMarked;
