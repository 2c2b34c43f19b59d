import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs palantir-java-format over every Java file below the working directory: {@code check} fails and names the files that
 * differ, {@code write} rewrites them. A single-file program: it needs no build of its own.
 */
final class Format {

    private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git", ".millrace", "millrace-data");

    public static void main(String[] args) throws Exception {
        boolean write = args[0].equals("write");
        List<String> command =
                new ArrayList<>(List.of(javaHome().resolve("bin/java").toString()));
        for (String part : List.of("api", "code", "file", "main", "parser", "tree", "util")) {
            command.add("--add-exports=jdk.compiler/com.sun.tools.javac." + part + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                "com.palantir.javaformat.java.Main",
                "--palantir"));
        command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        javaFiles(Path.of("")).forEach(file -> command.add(file.toString()));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0 && !write) {
            System.err.println("These files are not formatted. Mend them with: mvn -o -B -q -pl tests/format validate"
                    + " exec:exec@format");
        }
        System.exit(exit);
    }

    /**
     * The JDK to format with. Called outside Maven's life cycle ({@code exec:exec@format}) this program runs on Maven's own JDK, on which
     * the formatter does not know the newer language: then a JDK 25 beside it is looked for.
     */
    private static Path javaHome() throws IOException {
        Path own = Path.of(System.getProperty("java.home"));
        if (Runtime.version().feature() >= 25 || own.getParent() == null) {
            return own;
        }
        try (Stream<Path> siblings = Files.list(own.getParent())) {
            return siblings.filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .filter(home -> home.getFileName().toString().contains("25"))
                    .findFirst()
                    .orElse(own);
        }
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return SKIPPED.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }
}
