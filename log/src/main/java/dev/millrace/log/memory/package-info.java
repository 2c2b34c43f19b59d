@NullMarked
package dev.millrace.log.memory;

import org.jspecify.annotations.NullMarked;
