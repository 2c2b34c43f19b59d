@NullMarked
package dev.millrace.log.records;

import org.jspecify.annotations.NullMarked;
