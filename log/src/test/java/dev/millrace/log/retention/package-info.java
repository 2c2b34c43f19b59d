@NullMarked
package dev.millrace.log.retention;

import org.jspecify.annotations.NullMarked;
