package dev.millrace.server.cli;

import dev.millrace.kafka.KafkaCluster;
import picocli.CommandLine.Option;

/** Which cluster a command talks to. */
final class ClusterOptions {

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:MILLRACE_BOOTSTRAP:-127.0.0.1:9092}",
            description = "The Kafka cluster, any one. Default: $MILLRACE_BOOTSTRAP, else 127.0.0.1:9092.")
    String bootstrap = "";

    KafkaCluster connect() {
        return KafkaCluster.connect(bootstrap, "millrace-cli");
    }
}
