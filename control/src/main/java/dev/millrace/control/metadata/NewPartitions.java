package dev.millrace.control.metadata;

import java.util.List;
import java.util.Optional;

/**
 * More partitions for a topic.
 *
 * @param totalCount how many it is to have then
 * @param assignments brokers of each new partition, if the caller wants to choose them
 */
public record NewPartitions(String topic, int totalCount, Optional<List<List<Integer>>> assignments) {}
