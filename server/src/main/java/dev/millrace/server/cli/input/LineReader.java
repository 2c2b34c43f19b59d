package dev.millrace.server.cli.input;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Lines, ended by LF or CR LF; what they are encoded in does not matter. Memory: one line. */
final class LineReader implements RecordReader {

    private static final int LINE_MAX_BYTES = 64 << 20;

    private final InputStream input;
    private final String source;
    private final Optional<String> separator;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long lineNumber;

    LineReader(InputStream input, String source, Keying keying) {
        this.input = input;
        this.source = source;
        this.separator = keying instanceof Keying.Separator(String text) ? Optional.of(text) : Optional.empty();
    }

    @Override
    public Optional<InputRecord> next() throws IOException {
        if (!readLine()) {
            return Optional.empty();
        }
        byte[] bytes = lineBytes();
        return Optional.of(
                separator.isPresent() ? split(bytes, separator.get()) : new InputRecord(Optional.empty(), bytes));
    }

    private boolean readLine() throws IOException {
        line.reset();
        lineNumber++;
        int b = input.read();
        if (b < 0) {
            return false;
        }
        while (b >= 0 && b != '\n') {
            if (line.size() == LINE_MAX_BYTES) {
                throw new InputException(source, lineNumber, 1, "a line of more than " + LINE_MAX_BYTES + " bytes");
            }
            line.write(b);
            b = input.read();
        }
        return true;
    }

    /** The bytes of the line, without the CR of a CR LF. */
    private byte[] lineBytes() {
        byte[] bytes = line.toByteArray();
        boolean withCarriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return withCarriageReturn ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private InputRecord split(byte[] bytes, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return new InputRecord(
                        Optional.of(Arrays.copyOf(bytes, at)),
                        Arrays.copyOfRange(bytes, at + wanted.length, bytes.length));
            }
        }
        throw new InputException(
                source, lineNumber, bytes.length + 1L, "no separator \"" + text + "\" between key and value");
    }
}
