@NullMarked
package dev.millrace.log.check;

import org.jspecify.annotations.NullMarked;
