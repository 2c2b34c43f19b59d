@NullMarked
package dev.millrace.control.machine;

import org.jspecify.annotations.NullMarked;
