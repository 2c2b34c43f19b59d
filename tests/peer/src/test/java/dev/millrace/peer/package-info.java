@NullMarked
package dev.millrace.peer;

import org.jspecify.annotations.NullMarked;
