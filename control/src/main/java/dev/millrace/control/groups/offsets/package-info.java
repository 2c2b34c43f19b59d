/** The positions that groups have committed: kept, read, deleted, expired. The same for every type of group. */
@NullMarked
package dev.millrace.control.groups.offsets;

import org.jspecify.annotations.NullMarked;
