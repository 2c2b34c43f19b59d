package dev.millrace.wire;

import dev.millrace.control.metadata.MetadataService;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBrokerCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeCluster (key 60), versions 0 to 2.
 *
 * <p>Behaviour: this node is the cluster, under the address by which the client came (KIP-700).
 *
 * <ul>
 *   <li>v1: a client that asks for controllers is refused: this is a broker's listener (KIP-919).
 *   <li>v2: fenced brokers, on request (KIP-1073): there are none.
 * </ul>
 */
final class H60_DescribeCluster implements Handler<DescribeClusterRequestData> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final MetadataService metadata;

    H60_DescribeCluster(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public short minVersion() {
        return 0;
    }

    @Override
    public short maxVersion() {
        return 2;
    }

    @Override
    public CompletableFuture<DescribeClusterResponseData> handle(
            DescribeClusterRequestData request, RequestContext context) {
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(metadata.settings().clusterId())
                .setBrokers(new DescribeClusterBrokerCollection());
        if (request.endpointType() != BROKERS) {
            Errors error = request.endpointType() == CONTROLLERS
                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                    : Errors.UNSUPPORTED_ENDPOINT_TYPE;
            response.setErrorCode(error.code())
                    .setErrorMessage("this is a broker's listener: endpoint type " + request.endpointType()
                            + " is not served here, only 1 (brokers)");
            return CompletableFuture.completedFuture(response);
        }
        response.setControllerId(metadata.settings().nodeId());
        response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(metadata.settings().nodeId())
                        .setHost(context.advertisedAddress().getHostString())
                        .setPort(context.advertisedAddress().getPort()));
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return CompletableFuture.completedFuture(response);
    }
}
