@NullMarked
package dev.millrace.control.groups.offsets;

import org.jspecify.annotations.NullMarked;
