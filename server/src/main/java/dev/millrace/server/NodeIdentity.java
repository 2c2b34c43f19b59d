package dev.millrace.server;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.base.files.FileStore;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * Who this server is, as its data directory remembers it in {@code meta.properties}, in Kafka's format:
 *
 * <pre>
 *   version=1
 *   cluster.id=OVd_UO9SRBeGD7rVMI_mFA      16 random bytes, made at the first start, in URL-safe Base64
 *   node.id=1
 * </pre>
 */
record NodeIdentity(String clusterId, int nodeId) {

    private static final String FILE = "meta.properties";

    /**
     * Reads the identity, or makes one if the directory is new. The caller holds the directory's lock.
     *
     * @throws MillraceException INVALID_CONFIG if the directory belongs to a node of another number
     */
    static NodeIdentity of(FileStore files, Path directory, int nodeId, Supplier<TopicId> randomIds)
            throws IOException {
        Path file = directory.resolve(FILE);
        if (!files.exists(file)) {
            NodeIdentity fresh = new NodeIdentity(randomIds.get().toString(), nodeId);
            files.replaceAtomically(file, fresh.text().getBytes(StandardCharsets.UTF_8));
            return fresh;
        }
        Properties properties = new Properties();
        properties.load(new StringReader(new String(files.readAll(file), StandardCharsets.UTF_8)));
        String clusterId = properties.getProperty("cluster.id", "");
        String remembered = properties.getProperty("node.id", "");
        if (clusterId.isEmpty() || !remembered.matches("[0-9]{1,9}")) {
            throw new IOException(
                    file + " is damaged: it must name cluster.id and node.id. If this directory's data is not"
                            + " needed, remove the directory; else write both lines anew.");
        }
        if (Integer.parseInt(remembered) != nodeId) {
            throw new MillraceException(
                    ErrorCode.INVALID_CONFIG,
                    "node.id is " + nodeId + ", but the data in " + directory + " belongs to node " + remembered
                            + ": set node.id=" + remembered + ", or use another directory");
        }
        return new NodeIdentity(clusterId, nodeId);
    }

    private String text() {
        return "version=1\ncluster.id=" + clusterId + "\nnode.id=" + nodeId + "\n";
    }
}
