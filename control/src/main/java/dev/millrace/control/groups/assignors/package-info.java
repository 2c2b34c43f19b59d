/** How the partitions of a consumer group are shared out by the coordinator: pure functions, the same for the same input. */
@NullMarked
package dev.millrace.control.groups.assignors;

import org.jspecify.annotations.NullMarked;
