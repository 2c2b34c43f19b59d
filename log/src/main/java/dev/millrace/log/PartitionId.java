package dev.millrace.log;

import dev.millrace.base.TopicId;

/** The identity of a partition. Never reused: a topic's namesake has another {@link TopicId}. */
public record PartitionId(TopicId topicId, int partition) {}
