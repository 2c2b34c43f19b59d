package dev.millrace.server.cli.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON values, one behind the other or in one array. Each is written without white space; numbers keep every digit. Memory: one record.
 */
final class JsonReader implements RecordReader {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonParser parser;
    private final String source;
    private final Optional<String> keyField;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator generator;
    private boolean begun;
    private boolean inArray;
    private boolean keySeen;
    private Optional<byte[]> key = Optional.empty();

    JsonReader(InputStream input, String source, Keying keying) throws IOException {
        this.parser = FACTORY.createParser(input);
        this.source = source;
        this.keyField = keying instanceof Keying.Field(String name) ? Optional.of(name) : Optional.empty();
        this.generator = FACTORY.createGenerator(bytes);
        generator.setRootValueSeparator(null);
    }

    @Override
    public Optional<InputRecord> next() throws IOException {
        try {
            return moveToRecord() ? Optional.of(copyRecord()) : Optional.empty();
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
            throw new InputException(source, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage());
        }
    }

    private boolean moveToRecord() throws IOException {
        JsonToken token = parser.nextToken();
        if (!begun) {
            begun = true;
            if (token == JsonToken.START_ARRAY) {
                inArray = true;
                token = parser.nextToken();
            }
        }
        if (inArray && token == JsonToken.END_ARRAY) {
            inArray = false;
            token = parser.nextToken();
            if (token != null) {
                throw wrong("something stands behind the end of the array");
            }
        }
        return token != null;
    }

    private InputRecord copyRecord() throws IOException {
        JsonLocation start = parser.currentTokenLocation();
        if (keyField.isPresent() && parser.currentToken() != JsonToken.START_OBJECT) {
            throw wrong("--key-field needs JSON objects, and this is none");
        }
        bytes.reset();
        key = Optional.empty();
        keySeen = false;
        copyValue();
        if (keyField.isPresent() && !keySeen) {
            throw new InputException(
                    source,
                    start.getLineNr(),
                    start.getColumnNr(),
                    "no field \"" + keyField.get() + "\" in this record");
        }
        generator.flush();
        return new InputRecord(key, bytes.toByteArray());
    }

    /** Copies the value at which the parser stands, and leaves it at that value's last token. */
    private void copyValue() throws IOException {
        int depth = 0;
        while (true) {
            JsonToken token = parser.currentToken();
            copyToken(token);
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth == 0) {
                return;
            }
            boolean keyFollows = depth == 1 && token == JsonToken.FIELD_NAME && isKeyField();
            if (parser.nextToken() == null) {
                throw wrong("the input ends in the middle of a record");
            }
            if (keyFollows) {
                keySeen = true;
                key = keyHere();
            }
        }
    }

    private void copyToken(JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT -> generator.writeStartObject();
            case END_OBJECT -> generator.writeEndObject();
            case START_ARRAY -> generator.writeStartArray();
            case END_ARRAY -> generator.writeEndArray();
            case FIELD_NAME -> generator.writeFieldName(parser.currentName());
            case VALUE_STRING ->
                generator.writeString(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> generator.writeNumber(parser.getText());
            case VALUE_TRUE -> generator.writeBoolean(true);
            case VALUE_FALSE -> generator.writeBoolean(false);
            case VALUE_NULL -> generator.writeNull();
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw wrong("not JSON");
        }
    }

    private boolean isKeyField() throws IOException {
        return keyField.isPresent() && keyField.get().equals(parser.currentName());
    }

    private Optional<byte[]> keyHere() throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        if (!token.isScalarValue()) {
            throw wrong(
                    "the field \"" + parser.currentName() + "\" is to be the key, so it must be a string or a number");
        }
        return Optional.of(parser.getText().getBytes(StandardCharsets.UTF_8));
    }

    private InputException wrong(String problem) {
        JsonLocation at = parser.currentTokenLocation();
        return new InputException(source, at.getLineNr(), at.getColumnNr(), problem);
    }
}
