@NullMarked
package dev.millrace.base.time;

import org.jspecify.annotations.NullMarked;
