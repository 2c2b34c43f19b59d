package dev.millrace.tests.architecture;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The stories in {@code docs/paths} name classes and methods; whoever renames one is led here, and retells the story. */
final class PathsTest {

    private static final Path PATHS = Path.of("../../docs/paths");

    /** {@code Class#method}, as the stories write it between backquotes; {@code Class.Nested#method} is known as well. */
    private static final Pattern NAMED_METHOD =
            Pattern.compile("`([A-Z]\\w*(?:\\.[A-Z]\\w*)*)#(\\w+)(?:\\([^`]*\\))?`");

    /** A class alone between backquotes, told from other words by its two capitals: {@code LogShard}, {@code H00_Produce}. */
    private static final Pattern NAMED_CLASS = Pattern.compile("`(H\\d\\d_\\w+|[A-Z][a-z]+[A-Z]\\w*)`");

    @Test
    void shouldNameOnlyMethodsThatExist() throws IOException {
        List<String> unknown = new ArrayList<>();
        for (Path story : stories()) {
            Matcher named = NAMED_METHOD.matcher(Files.readString(story));
            while (named.find()) {
                if (!exists(named.group(1), named.group(2))) {
                    unknown.add(story.getFileName() + ": " + named.group(1) + "#" + named.group(2));
                }
            }
        }
        assertThat(unknown)
                .as("methods that a story names and that are not there: retell that step")
                .isEmpty();
    }

    @Test
    void shouldNameOnlyClassesThatExist() throws IOException {
        Set<String> known =
                ShippedClasses.ALL.stream().map(JavaClass::getSimpleName).collect(toSet());
        List<String> unknown = new ArrayList<>();
        for (Path story : stories()) {
            Matcher named = NAMED_CLASS.matcher(Files.readString(story));
            while (named.find()) {
                if (!known.contains(named.group(1))) {
                    unknown.add(story.getFileName() + ": " + named.group(1));
                }
            }
        }
        assertThat(unknown)
                .as("classes that a story names and that are not there")
                .isEmpty();
    }

    @Test
    void shouldTellSomethingWithSteps() throws IOException {
        for (Path story : stories()) {
            assertThat(NAMED_METHOD.matcher(Files.readString(story)).results().count())
                    .as("%s names methods, so that a reader can follow it in the code", story)
                    .isGreaterThan(3);
        }
    }

    private static boolean exists(String className, String method) {
        return ShippedClasses.ALL.stream()
                .filter(c -> c.getName().replace('$', '.').endsWith("." + className))
                .anyMatch(c ->
                        c.getAllMethods().stream().anyMatch(m -> m.getName().equals(method)));
    }

    private static List<Path> stories() throws IOException {
        if (!Files.isDirectory(PATHS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(PATHS)) {
            return files.filter(f -> f.toString().endsWith(".md")).sorted().toList();
        }
    }
}
