/** What of a compacted partition stays: the last record of each key. Judges and rewrites batches; knows no files and no threads. */
@NullMarked
package dev.millrace.log.compaction;

import org.jspecify.annotations.NullMarked;
