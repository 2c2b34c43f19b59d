package dev.millrace.wire;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigTarget;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.TopicNames;
import org.apache.kafka.common.config.ConfigResource;

/** What a request for configurations names: a topic, a group, this broker, or the default of all brokers. Stateless. */
final class ConfigResources {

    private ConfigResources() {}

    /**
     * The target that a resource of a change stands for.
     *
     * @throws MillraceException INVALID_TOPIC_NAME, or INVALID_REQUEST for what cannot be changed here
     */
    static ConfigTarget target(byte type, String name, MetadataService metadata) {
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC -> {
                TopicNames.check(name).ifPresent(failure -> {
                    throw failure;
                });
                yield new ConfigTarget.OfTopic(name);
            }
            case BROKER -> {
                if (name.isEmpty()) {
                    yield new ConfigTarget.OfCluster();
                }
                checkNode(name, metadata);
                yield new ConfigTarget.OfBroker();
            }
            case GROUP -> {
                if (name.isEmpty()) {
                    throw new MillraceException(ErrorCode.INVALID_REQUEST, "Default group resources are not allowed.");
                }
                yield new ConfigTarget.OfGroup(name);
            }
            default ->
                throw new MillraceException(
                        ErrorCode.INVALID_REQUEST,
                        "The configuration of resource type " + type
                                + " cannot be changed here; types 2 (topic), 4 (broker) and 32 (group) can");
        };
    }

    /** Makes sure that {@code name} is this node's number. */
    static void checkNode(String name, MetadataService metadata) {
        int nodeId = metadata.settings().nodeId();
        if (!name.equals(Integer.toString(nodeId))) {
            throw new MillraceException(
                    ErrorCode.INVALID_REQUEST,
                    "Unexpected broker id, expected " + nodeId + " or empty string, but received " + name);
        }
    }
}
