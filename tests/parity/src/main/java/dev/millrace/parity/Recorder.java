package dev.millrace.parity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.peer.ApacheKafka;
import dev.millrace.peer.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes down what a broker answers to the script: {@code Recorder DIRECTORY} starts Apache Kafka for that, {@code Recorder DIRECTORY PORT} asks the
 * broker on that port of 127.0.0.1, which must be fresh.
 */
public final class Recorder {
    private Recorder() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        if (args.length > 1) {
            write(directory, Script.play(Integer.parseInt(args[1])));
            return;
        }
        Path temporary = Files.createTempDirectory("parity");
        try (Broker kafka = ApacheKafka.NEWEST.start(temporary, Map.of())) {
            write(directory, Script.play(kafka.port()));
        }
    }

    private static void write(Path directory, Map<String, ObjectNode> answers) throws IOException {
        Files.createDirectories(directory);
        for (var chapter : answers.entrySet()) {
            Path file = directory.resolve(chapter.getKey() + ".json");
            Files.writeString(file, Script.JSON.writeValueAsString(chapter.getValue()) + "\n");
            System.out.println(file + ": " + chapter.getValue().size() + " answers");
        }
    }
}
