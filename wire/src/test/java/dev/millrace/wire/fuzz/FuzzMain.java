package dev.millrace.wire.fuzz;

import dev.millrace.wire.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Fuzzes a server that runs already, with all APIs that it serves: {@code FuzzMain PORT SEED REQUESTS [topic id]...}. Its topics are at the
 * mercy of what is sent.
 */
final class FuzzMain {

    private static final long REPORT_EVERY = 100_000;

    private FuzzMain() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        long count = Long.parseLong(arguments[2]);
        List<byte[]> topicIds = new ArrayList<>();
        topicIds.add(new byte[16]);
        for (int n = 3; n < arguments.length; n++) {
            Uuid id = Uuid.fromString(arguments[n]);
            topicIds.add(ByteBuffer.allocate(16)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .array());
        }
        Fuzzer fuzzer = new Fuzzer(port, seed, served(port), topicIds, new Payloads());
        long startNs = System.nanoTime();
        for (long target = Math.min(count, REPORT_EVERY); fuzzer.sent() < count; target += REPORT_EVERY) {
            fuzzer.run(Math.min(count, target));
            System.out.printf(
                    "%d requests, %d answered, %d connections closed by the server, %d requests/s%n",
                    fuzzer.sent(),
                    fuzzer.answered(),
                    fuzzer.closedByServer(),
                    fuzzer.sent() * 1_000_000_000L / (System.nanoTime() - startNs));
        }
    }

    /** What the server says that it serves. */
    private static List<ApiKeys> served(int port) throws IOException {
        try (WireClient client = WireClient.connect(port)) {
            ApiVersionsResponseData answer = client.call(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
            List<ApiKeys> keys = new ArrayList<>();
            answer.apiKeys().forEach(served -> keys.add(ApiKeys.forId(served.apiKey())));
            return keys;
        }
    }
}
