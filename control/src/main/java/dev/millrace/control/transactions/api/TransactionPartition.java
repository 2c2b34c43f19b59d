package dev.millrace.control.transactions.api;

import dev.millrace.base.TopicId;

/**
 * A partition in a transaction. The id tells a topic from a later one of the same name.
 *
 * @param topic the topic's name, for answers and messages
 */
public record TransactionPartition(TopicId topicId, String topic, int partition) {}
