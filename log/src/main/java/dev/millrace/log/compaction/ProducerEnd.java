package dev.millrace.log.compaction;

/**
 * Where an active producer was last seen in a partition: the batch there must stay, if need be without records, because it tells the
 * producer's epoch and last sequence.
 *
 * @param lastDataOffset last offset of its last batch of data; -1 if it wrote a transaction's marker last and no data is remembered
 */
public record ProducerEnd(short epoch, long lastDataOffset) {}
