package dev.millrace.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compares two recordings and prints the rows that {@code differences.md} lacks, and those that it should lose: {@code Compare KAFKA MILLRACE DIFFERENCES.MD}. */
public final class Compare {
    private Compare() {}

    /** See the class. Exits with 1 when there is something to mend. */
    public static void main(String[] args) throws IOException {
        List<Difference> differences = new ArrayList<>();
        for (String chapter : Script.chapters()) {
            differences.addAll(Comparison.compare(chapter, read(args[0], chapter), read(args[1], chapter)));
        }
        Explanations explanations = Explanations.read(Path.of(args[2]));
        List<Difference> unexplained = explanations.unexplained(differences);
        unexplained.forEach(System.out::println);
        explanations.unused(differences).forEach(row -> System.out.println("explains nothing: " + row));
        System.out.println(differences.size() + " differences, " + unexplained.size() + " of them unexplained");
        System.exit(unexplained.isEmpty() ? 0 : 1);
    }

    private static JsonNode read(String directory, String chapter) throws IOException {
        return Script.JSON.readTree(Files.readString(Path.of(directory, chapter + ".json")));
    }
}
