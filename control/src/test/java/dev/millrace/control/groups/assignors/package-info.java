/** Tests of the assignors. */
@NullMarked
package dev.millrace.control.groups.assignors;

import org.jspecify.annotations.NullMarked;
