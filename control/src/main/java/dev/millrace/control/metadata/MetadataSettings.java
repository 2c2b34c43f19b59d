package dev.millrace.control.metadata;

import dev.millrace.base.config.Config;
import dev.millrace.control.groups.api.ConsumerKeys;

/**
 * What the metadata machine takes from its server.
 *
 * @param nodeId {@code node.id}
 * @param clusterId {@code cluster.id}: 22 characters of URL-safe Base64
 * @param config the server's configuration, as file and command line give it; its schema contains {@link MetadataConfigs#SCHEMA} and
 *     {@link ConsumerKeys#SCHEMA}, which groups have settings of their own beside
 */
public record MetadataSettings(int nodeId, String clusterId, Config config) {

    /** With everything at its default. */
    public static MetadataSettings defaults(int nodeId, String clusterId) {
        return new MetadataSettings(
                nodeId, clusterId, Config.defaults(MetadataConfigs.SCHEMA.plus(ConsumerKeys.SCHEMA)));
    }
}
