package dev.millrace.server.cli;

import dev.millrace.kafka.RecordSource.Received;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prints records, one line each. */
final class RecordPrinter {

    /** What of a record is printed. */
    enum Format {
        /** The value's bytes. */
        VALUE,
        /** Key, tab, value. */
        KV,
        /** Everything, as a JSON object; what is no UTF-8 is given as Base64, in a field of another name. */
        JSON
    }

    private static final byte[] NOTHING = {};

    private final PrintStream out;
    private final Format format;

    RecordPrinter(PrintStream out, Format format) {
        this.out = out;
        this.format = format;
    }

    void print(Received record) {
        switch (format) {
            case VALUE -> write(record.value());
            case KV -> {
                write(record.key());
                out.write('\t');
                write(record.value());
            }
            case JSON -> write(Optional.of(json(record).getBytes(StandardCharsets.UTF_8)));
        }
        out.write('\n');
    }

    /** Shows what was printed; false if nobody reads it any more. */
    boolean flush() {
        return !out.checkError();
    }

    private void write(Optional<byte[]> bytes) {
        byte[] present = bytes.orElse(NOTHING);
        out.write(present, 0, present.length);
    }

    private static String json(Received record) {
        Map<String, Object> fields = Json.object(
                "partition", record.partition(), "offset", record.offset(), "timestampMs", record.timestampMs());
        put(fields, "key", record.key());
        put(fields, "value", record.value());
        if (!record.headers().isEmpty()) {
            Map<String, Object> headers = new LinkedHashMap<>();
            record.headers().forEach(header -> put(headers, header.key(), header.value()));
            fields.put("headers", headers);
        }
        return Json.text(fields);
    }

    private static void put(Map<String, Object> fields, String name, Optional<byte[]> bytes) {
        if (bytes.isEmpty()) {
            fields.put(name, Optional.empty());
            return;
        }
        try {
            fields.put(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes.get()))
                            .toString());
        } catch (CharacterCodingException e) {
            fields.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.get()));
        }
    }
}
