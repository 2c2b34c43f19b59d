/** Tests of the facts of consumer groups. */
@NullMarked
package dev.millrace.control.groups.consumer;

import org.jspecify.annotations.NullMarked;
