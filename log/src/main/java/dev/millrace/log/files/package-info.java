/**
 * Segments in local files, in the layout and the formats of Apache Kafka, so that its tools read them.
 *
 * <pre>
 *   topics/NAME-N/                         a partition; made at its first append
 *     partition.metadata                   the topic's id: {@link dev.millrace.log.files.PartitionMetadataFile}
 *     00000000000000000000.log             a segment's batches, one behind the other
 *     00000000000000000000.index           sparse: offset to position, made at its first entry
 *     00000000000000000000.timeindex       sparse: timestamp to offset, made at its first entry
 *   topics/ID-N-delete/                    a deleted partition whose bytes are being removed
 * </pre>
 */
@NullMarked
package dev.millrace.log.files;

import org.jspecify.annotations.NullMarked;
