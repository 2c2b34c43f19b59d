@NullMarked
package dev.millrace.log.journal;

import org.jspecify.annotations.NullMarked;
