package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.jspecify.annotations.Nullable;

/** Draws an answer as JSON, field by field, with its record batches opened and what differs from run to run replaced. */
final class Rendering {
    private final Normaliser normaliser;

    Rendering(Stage.BrokerFacts broker) {
        this.normaliser = new Normaliser(broker);
    }

    JsonNode render(ApiMessage answer, short version) {
        JsonNode json = convert(answer, version);
        if (answer instanceof FetchResponseData fetch) {
            for (int topic = 0; topic < fetch.responses().size(); topic++) {
                var partitions = fetch.responses().get(topic).partitions();
                for (int partition = 0; partition < partitions.size(); partition++) {
                    ObjectNode drawn = (ObjectNode)
                            json.get("responses").get(topic).get("partitions").get(partition);
                    drawn.remove("recordsSizeInBytes");
                    drawn.set("records", batches(partitions.get(partition).records()));
                }
            }
        }
        normaliser.normalise(json);
        return json;
    }

    /** Each message has a generated converter beside it, a class of its own; they share no interface. */
    private static JsonNode convert(ApiMessage answer, short version) {
        try {
            Class<?> kind = answer.getClass();
            MethodHandle write = MethodHandles.publicLookup()
                    .findStatic(
                            Class.forName(kind.getName() + "JsonConverter"),
                            "write",
                            MethodType.methodType(JsonNode.class, kind, short.class));
            return (JsonNode) write.invoke(answer, version);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot draw " + answer + " in version " + version, e);
        }
    }

    private static JsonNode batches(@Nullable BaseRecords records) {
        if (records == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        ArrayNode drawn = JsonNodeFactory.instance.arrayNode();
        for (RecordBatch batch : ((Records) records).batches()) {
            drawn.add(batch(batch));
        }
        return drawn;
    }

    private static ObjectNode batch(RecordBatch batch) {
        ObjectNode drawn = JsonNodeFactory.instance.objectNode();
        drawn.put("baseOffset", batch.baseOffset());
        drawn.put("lastOffset", batch.lastOffset());
        drawn.put("magic", batch.magic());
        drawn.put("valid", batch.isValid());
        drawn.put("compression", batch.compressionType().name);
        drawn.put("timestampType", batch.timestampType().name);
        drawn.put("maxTimestamp", batch.maxTimestamp());
        drawn.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
        drawn.put("producerId", batch.producerId());
        drawn.put("producerEpoch", batch.producerEpoch());
        drawn.put("baseSequence", batch.baseSequence());
        drawn.put("transactional", batch.isTransactional());
        drawn.put("control", batch.isControlBatch());
        ArrayNode records = drawn.putArray("records");
        try {
            batch.forEach(record -> records.add(record(record)));
        } catch (KafkaException _) {
            records.add("<unreadable>");
        }
        return drawn;
    }

    private static String record(Record record) {
        StringBuilder drawn = new StringBuilder();
        drawn.append(record.offset())
                .append(": ")
                .append(text(record.key()))
                .append('=')
                .append(text(record.value()));
        for (Header header : record.headers()) {
            drawn.append(' ')
                    .append(header.key())
                    .append(':')
                    .append(new String(header.value(), StandardCharsets.UTF_8));
        }
        return drawn.toString();
    }

    private static String text(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        String text = StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "… (" + bytes.remaining() + " bytes)";
    }
}
