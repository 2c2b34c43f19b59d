/** Flight recorder events. */
@NullMarked
package dev.millrace.base.jfr;

import org.jspecify.annotations.NullMarked;
