package dev.millrace.server.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InputFormatTest {

    private static final Keying NO_KEY = new Keying.None();

    @Test
    void shouldReadJsonArray() throws IOException {
        assertThat(read("a.json", "[ {\"a\": 1, \"b\": [true, null]},\n {\"a\": 2} ]\n", NO_KEY))
                .containsExactly("{\"a\":1,\"b\":[true,null]}", "{\"a\":2}");
    }

    @Test
    void shouldReadJsonLines() throws IOException {
        assertThat(read("a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n", NO_KEY)).containsExactly("{\"a\":1}", "{\"a\":2}");
    }

    @Test
    void shouldKeepEveryDigitAndCharacter() throws IOException {
        String record = "{\"n\":12345678901234567890.123456789012345678901,\"e\":1E+2,\"t\":\"\\\"é\\n\"}";
        assertThat(read("a.json", record, NO_KEY)).containsExactly(record);
    }

    @Test
    void shouldTakeKeyFromField() throws IOException {
        String input = "[{\"o\":\"DTW\",\"x\":{\"o\":\"inner\"}},{\"o\":17},{\"o\":null}]";
        assertThat(keys("a.json", input, new Keying.Field("o"))).containsExactly("DTW", "17", "none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a": 1}\\n{"a": }       | o | line 2, column 7
        {"b": 1}                  | b | none
        {"o": 1}\\n\\n  {"b": 1}    | o | line 3, column 3: no field "o"
        [{"o": {"x": 1}}]         | o | must be a string or a number
        [1]                       | o | needs JSON objects
        [{"o": 1}] 7              | o | behind the end of the array
        [{"o": 1}                 | o | line 1, column
        {"o": 1                   | o | line 1, column
        """)
    void shouldSayWhereJsonIsWrong(String input, String field, String message) throws IOException {
        Keying keying = input.contains("\"a\"") ? NO_KEY : new Keying.Field(field);
        if (message.equals("none")) {
            assertThat(read("a.json", input, keying)).hasSize(1);
            return;
        }
        assertThatThrownBy(() -> read("a.json", input.replace("\\n", "\n"), keying))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldReadCsvRowsAsObjects() throws IOException {
        String input = "\uFEFFiata,name\r\n00M,\"Thigpen, \"\"Bay\"\"\nSprings\"\r\n\n00R,\n";
        assertThat(read("a.csv", input, new Keying.Field("iata")))
                .containsExactly(
                        "{\"iata\":\"00M\",\"name\":\"Thigpen, \\\"Bay\\\"\\nSprings\"}",
                        "{\"iata\":\"00R\",\"name\":\"\"}");
        assertThat(keys("a.csv", input, new Keying.Field("iata"))).containsExactly("00M", "00R");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        a,b\\n1,2\\n3       | line 3, column 1: 1 fields, but the header names 2 columns
        a,b\\n1,"2          | line 2, column 3: this quoted field is never closed
        a,b\\n1,2"          | line 2, column 4: a quote inside
        a,b\\n"1"x,2        | line 2, column 4: a comma or the end of the line
        a,a\\n              | names the column "a" twice
        c,d\\n              | no column "a" for --key-field; there are: c, d
        """)
    void shouldSayWhereCsvIsWrong(String input, String message) {
        assertThatThrownBy(() -> read("a.csv", input.replace("\\n", "\n"), new Keying.Field("a")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseBytesThatAreNoText() {
        byte[] input = {'a', '\n', (byte) 0xff, '\n'};
        assertThatThrownBy(() -> readAll(InputFormat.CSV.open(new ByteArrayInputStream(input), "a.csv", NO_KEY)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void shouldReadLinesAndSplitThem() throws IOException {
        assertThat(read("stdin", "one\r\n\ntwo", NO_KEY)).containsExactly("one", "", "two");
        assertThat(read("stdin", "a::1\nb::2::3\n", new Keying.Separator("::"))).containsExactly("1", "2::3");
        assertThat(keys("stdin", "a::1\nb::2::3\n", new Keying.Separator("::"))).containsExactly("a", "b");
        assertThatThrownBy(() -> read("stdin", "a:1\nb2\n", new Keying.Separator(":")))
                .hasMessage("stdin: line 2, column 3: no separator \":\" between key and value");
    }

    @Test
    void shouldRecogniseFormatByItsFirstCharacter() throws IOException {
        assertThat(read("stdin", "\n  {\"a\": 1}", NO_KEY)).containsExactly("{\"a\":1}");
        assertThat(read("stdin", "hello", NO_KEY)).containsExactly("hello");
        assertThat(read("stdin", "", NO_KEY)).isEmpty();
    }

    @Test
    void shouldRefuseKeyOptionOfAnotherFormat() {
        assertThatThrownBy(() -> read("a.csv", "a\n1\n", new Keying.Separator(":")))
                .hasMessageContaining("use --key-field");
        assertThatThrownBy(() -> read("a.txt", "a\n1\n", new Keying.Field("a")))
                .hasMessageContaining("use --key-separator");
    }

    private static List<String> read(String source, String input, Keying keying) throws IOException {
        return readAll(open(source, input, keying)).stream()
                .map(r -> new String(r.value(), UTF_8))
                .toList();
    }

    private static List<String> keys(String source, String input, Keying keying) throws IOException {
        return readAll(open(source, input, keying)).stream()
                .map(r -> r.key().map(key -> new String(key, UTF_8)).orElse("none"))
                .toList();
    }

    private static RecordReader open(String source, String input, Keying keying) throws IOException {
        return InputFormat.AUTO.open(new ByteArrayInputStream(input.getBytes(UTF_8)), source, keying);
    }

    private static List<InputRecord> readAll(RecordReader reader) throws IOException {
        List<InputRecord> records = new ArrayList<>();
        for (Optional<InputRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
            records.add(next.get());
        }
        return records;
    }
}
