/**
 * The public Kafka client as a port: what the command line does to a cluster, in terms of topics, groups and records. Works against any
 * Kafka cluster. Begin at {@link dev.millrace.kafka.KafkaCluster}.
 */
@NullMarked
package dev.millrace.kafka;

import org.jspecify.annotations.NullMarked;
