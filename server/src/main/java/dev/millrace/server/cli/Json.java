package dev.millrace.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Results for machines: one line of JSON. Made of maps, lists, strings, numbers, booleans and optionals of these. */
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** An object, its fields in this order: name, value, name, value, … */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    static String text(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(value, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(Object value, JsonGenerator to) throws IOException {
        switch (value) {
            case String text -> to.writeString(text);
            case Boolean flag -> to.writeBoolean(flag);
            case Integer number -> to.writeNumber(number);
            case Long number -> to.writeNumber(number);
            case Double number -> to.writeNumber(number);
            case Map<?, ?> fields -> writeObject(fields, to);
            case Iterable<?> elements -> writeArray(elements, to);
            case Optional<?> optional when optional.isPresent() -> write(optional.get(), to);
            case OptionalInt optional when optional.isPresent() -> to.writeNumber(optional.getAsInt());
            case OptionalLong optional when optional.isPresent() -> to.writeNumber(optional.getAsLong());
            case Optional<?> _ -> to.writeNull();
            case OptionalInt _ -> to.writeNull();
            case OptionalLong _ -> to.writeNull();
            default -> to.writeString(value.toString());
        }
    }

    private static void writeObject(Map<?, ?> fields, JsonGenerator to) throws IOException {
        to.writeStartObject();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            to.writeFieldName(String.valueOf(field.getKey()));
            write(field.getValue(), to);
        }
        to.writeEndObject();
    }

    private static void writeArray(Iterable<?> elements, JsonGenerator to) throws IOException {
        to.writeStartArray();
        for (Object element : elements) {
            write(element, to);
        }
        to.writeEndArray();
    }
}
