@NullMarked
package dev.millrace.log.segment;

import org.jspecify.annotations.NullMarked;
