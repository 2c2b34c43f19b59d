package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What a chapter plays on: a connection to the broker, and the recording of its answers. Not thread-safe. */
final class Stage implements AutoCloseable {
    private static final int SETTLE_TRIES_MAX = 600;
    private static final TextNode CLOSED = TextNode.valueOf("<connection closed>");
    private static final Set<Short> NOT_SETTLED = Set.of(
            Errors.COORDINATOR_NOT_AVAILABLE.code(),
            Errors.COORDINATOR_LOAD_IN_PROGRESS.code(),
            Errors.NOT_COORDINATOR.code());

    private final int port;
    private final ObjectNode recording;
    private final BrokerFacts broker;
    private final Rendering rendering;
    private Optional<Connection> connection = Optional.empty();

    Stage(int port, ObjectNode recording) {
        this.port = port;
        this.recording = recording;
        var cluster = new Connection(port);
        this.broker = BrokerFacts.ask(cluster);
        this.rendering = new Rendering(broker);
        cluster.close();
    }

    /** Sends a request and records its answer under the step's name. */
    Optional<ApiMessage> ask(String step, ApiMessage request, int version) {
        connection().send(request, version);
        Optional<ApiMessage> answer = connection().receive();
        record(step, request.apiKey(), version, answer);
        return answer;
    }

    /** Sends bytes that are no valid request and records the answer, read as {@code answerVersion}. */
    void askRaw(String step, ApiKeys api, int version, int headerVersion, byte[] body, int answerVersion) {
        connection().sendRaw(api, version, headerVersion, body, answerVersion);
        record(step, api.id, answerVersion, connection().receive());
    }

    /** The id of the broker. */
    int nodeId() {
        return broker.nodeId();
    }

    /** Like {@link #ask}, for steps that go on with what was answered. */
    <T extends ApiMessage> T ask(Class<T> kind, String step, ApiMessage request, int version) {
        return kind.cast(ask(step, request, version)
                .orElseThrow(() -> new IllegalStateException(step + ": the connection was closed")));
    }

    /** Records an answer that came over a connection of the chapter's own. */
    void record(String step, int apiKey, int version, Optional<ApiMessage> answer) {
        if (recording.has(step)) {
            throw new IllegalStateException("two steps are called " + step);
        }
        JsonNode rendered =
                answer.map(data -> rendering.render(data, (short) version)).orElse(CLOSED);
        ObjectNode entry = recording.putObject(step);
        entry.put("request", ApiKeys.forId(apiKey).name + " v" + version);
        entry.set("answer", rendered);
        if (answer.isEmpty()) {
            reconnect();
        }
    }

    /** Records the answer that comes over a connection of the chapter's own. */
    <T extends ApiMessage> T record(Class<T> kind, String step, Connection from, int version) {
        ApiMessage answer =
                from.receive().orElseThrow(() -> new IllegalStateException(step + ": the connection was closed"));
        record(step, answer.apiKey(), version, Optional.of(answer));
        return kind.cast(answer);
    }

    /** The group, when it is in this state. */
    Optional<String> stateIs(String group, String state) {
        var described = quietly(DescribeGroupsResponseData.class, GroupRequests.describe(group), 5);
        return Optional.of(described.groups().getFirst().groupState()).filter(state::equals);
    }

    /** What is wrong with the first partition of a fetch. */
    Optional<Errors> fetchError(FetchRequestData request, int version) {
        var fetched = quietly(FetchResponseData.class, request, version);
        return Optional.of(Errors.forCode(
                fetched.responses().getFirst().partitions().getFirst().errorCode()));
    }

    /** Sends a request whose answer is of no interest. */
    <T extends ApiMessage> T quietly(Class<T> kind, ApiMessage request, int version) {
        connection().send(request, version);
        return kind.cast(connection()
                .receive()
                .orElseThrow(() -> new IllegalStateException("the connection was closed after " + request)));
    }

    /** A further connection, which the chapter closes. */
    Connection connect() {
        return new Connection(port);
    }

    /** The connection that {@link #ask} uses. */
    Connection connection() {
        if (connection.isEmpty()) {
            connection = Optional.of(new Connection(port));
        }
        return connection.get();
    }

    /** Goes on with a new connection. */
    void reconnect() {
        connection.ifPresent(Connection::close);
        connection = Optional.empty();
    }

    /** Creates a topic with one partition and waits until it has a leader. */
    Uuid topic(String name) {
        return topic(Requests.topic(name, 1));
    }

    /** Creates a topic and waits until every partition has a leader. */
    Uuid topic(CreatableTopic topic) {
        quietly(ApiMessage.class, Requests.createTopics(topic), 7);
        return waitForPartitions(topic.name(), Math.max(1, topic.numPartitions()));
    }

    /** Waits until the topic has this many partitions, and each a leader. */
    Uuid waitForPartitions(String topic, int count) {
        return settle("topic " + topic + " got no leader", () -> {
            var found = quietly(MetadataResponseData.class, Requests.metadata(topic), 12)
                    .topics()
                    .find(topic);
            boolean led = found.errorCode() == 0
                    && found.partitions().size() == count
                    && found.partitions().stream().allMatch(partition -> partition.leaderId() >= 0)
                    && IntStream.range(0, count).allMatch(partition -> serves(topic, partition));
            return led ? Optional.of(found.topicId()) : Optional.empty();
        });
    }

    /** A broker may know of a partition a moment before it leads it. */
    private boolean serves(String topic, int partition) {
        var listed = quietly(ListOffsetsResponseData.class, DataRequests.listOffsets(topic, partition, -1), 10);
        return listed.topics().getFirst().partitions().getFirst().errorCode() == 0;
    }

    /** Waits until the broker knows of a changed value. */
    void waitForConfig(String topic, String key, String value) {
        settle("topic " + topic + " did not get " + key, () -> {
            var found =
                    quietly(DescribeConfigsResponseData.class, Requests.describeConfigs(Requests.TOPIC, topic, key), 4);
            return found.results().getFirst().configs().stream()
                    .filter(config -> value.equals(config.value()))
                    .findAny();
        });
    }

    /** Waits until the group's coordinator answers. */
    void settleCoordinator(String group) {
        settle("group " + group + " got no coordinator", () -> {
            var found = quietly(FindCoordinatorResponseData.class, Requests.findCoordinator(group), 4);
            if (NOT_SETTLED.contains(found.coordinators().getFirst().errorCode())) {
                return Optional.empty();
            }
            var offsets = quietly(OffsetFetchResponseData.class, Requests.fetchOffsets(group), 8);
            return NOT_SETTLED.contains(offsets.groups().getFirst().errorCode())
                    ? Optional.empty()
                    : Optional.of(offsets);
        });
    }

    /** Asks again and again, for a broker does some things in its own time. */
    <T> T settle(String failure, Supplier<Optional<T>> question) {
        for (int tries = 0; tries < SETTLE_TRIES_MAX; tries++) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            pause();
        }
        throw new IllegalStateException(failure);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** What normalising needs to know about the broker. */
    record BrokerFacts(int nodeId, int port) {
        static BrokerFacts ask(Connection connection) {
            connection.send(Requests.metadata(), 12);
            var metadata = (MetadataResponseData)
                    connection.receive().orElseThrow(() -> new IllegalStateException("no answer to Metadata"));
            var broker = List.copyOf(metadata.brokers()).getFirst();
            return new BrokerFacts(broker.nodeId(), broker.port());
        }
    }

    @Override
    public void close() {
        reconnect();
    }
}
