package dev.millrace.server.cli.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Comma-separated values with a header (RFC 4180): fields may be quoted, quotes inside are doubled, quoted fields may span lines. Each
 * row becomes a JSON object whose values are strings, as they stand there: what is a number is for the reader to say.
 */
final class CsvReader implements RecordReader {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int END = -1;

    private final BufferedReader input;
    private final String source;
    private final List<String> columns;
    private final int keyColumn;
    private long line = 1;
    private long column;
    private int current;

    CsvReader(InputStream input, String source, Keying keying) throws IOException {
        // A decoder of its own reports what is not UTF-8; a charset's name alone would replace it in silence.
        this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8.newDecoder()));
        this.source = source;
        advance();
        if (current == '\uFEFF') {
            advance();
        }
        this.columns = readHeader();
        this.keyColumn = keyColumn(keying);
    }

    @Override
    public Optional<InputRecord> next() throws IOException {
        while (current == '\n' || current == '\r') {
            advance();
        }
        if (current == END) {
            return Optional.empty();
        }
        long rowLine = line;
        List<String> fields = readRow();
        if (fields.size() != columns.size()) {
            throw new InputException(
                    source, rowLine, 1, fields.size() + " fields, but the header names " + columns.size() + " columns");
        }
        Optional<byte[]> key = keyColumn < 0
                ? Optional.empty()
                : Optional.of(fields.get(keyColumn).getBytes(StandardCharsets.UTF_8));
        return Optional.of(new InputRecord(key, toJson(fields)));
    }

    private List<String> readHeader() throws IOException {
        if (current == END) {
            throw new InputException(source, 1, 1, "empty: a CSV file begins with a header that names its columns");
        }
        List<String> names = readRow();
        HashSet<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new InputException(
                        source, 1, 1, "the header names the column \"" + name + "\" twice, or not at all");
            }
        }
        return names;
    }

    private int keyColumn(Keying keying) {
        if (!(keying instanceof Keying.Field(String name))) {
            return -1;
        }
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new InputException(
                    source,
                    1,
                    1,
                    "no column \"" + name + "\" for --key-field; there are: " + String.join(", ", columns));
        }
        return index;
    }

    private List<String> readRow() throws IOException {
        List<String> fields = new ArrayList<>();
        while (true) {
            fields.add(current == '"' ? readQuoted() : readPlain());
            if (current != ',') {
                break;
            }
            advance();
        }
        if (current == '\r') {
            advance();
        }
        if (current == '\n') {
            advance();
        }
        return fields;
    }

    private String readPlain() throws IOException {
        StringBuilder text = new StringBuilder();
        while (current != ',' && current != '\n' && current != '\r' && current != END) {
            if (current == '"') {
                throw new InputException(
                        source, line, column, "a quote inside an unquoted field: quote the field and double the quote");
            }
            text.append((char) current);
            advance();
        }
        return text.toString();
    }

    private String readQuoted() throws IOException {
        long startLine = line;
        long startColumn = column;
        StringBuilder text = new StringBuilder();
        advance();
        while (true) {
            if (current == END) {
                throw new InputException(source, startLine, startColumn, "this quoted field is never closed");
            }
            if (current == '"') {
                advance();
                if (current != '"') {
                    break;
                }
            }
            text.append((char) current);
            advance();
        }
        if (current != ',' && current != '\n' && current != '\r' && current != END) {
            throw new InputException(source, line, column, "a comma or the end of the line must follow a quoted field");
        }
        return text.toString();
    }

    private void advance() throws IOException {
        if (current == '\n') {
            line++;
            column = 0;
        }
        try {
            current = input.read();
        } catch (CharacterCodingException e) {
            throw new InputException(source, line, column + 1, "not UTF-8 from about here on");
        }
        column++;
    }

    private byte[] toJson(List<String> fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
            generator.writeStartObject();
            for (int i = 0; i < fields.size(); i++) {
                generator.writeStringField(columns.get(i), fields.get(i));
            }
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
