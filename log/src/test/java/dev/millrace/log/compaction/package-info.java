@NullMarked
package dev.millrace.log.compaction;

import org.jspecify.annotations.NullMarked;
