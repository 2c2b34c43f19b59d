@NullMarked
package dev.millrace.log.epoch;

import org.jspecify.annotations.NullMarked;
