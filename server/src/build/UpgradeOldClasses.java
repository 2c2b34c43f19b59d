import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Gives the classes of every jar in a directory at least the format of Java 8, with stack maps. Older ones (picocli's, of Java 5) are
 * verified by inference and cannot live in the start-up cache: they cost each command a tenth of a second.
 */
final class UpgradeOldClasses {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private UpgradeOldClasses() {}

    public static void main(String[] args) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                upgrade(jar);
            }
        }
    }

    private static void upgrade(Path jar) throws IOException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                FileSystem inside = FileSystems.newFileSystem(jar, Map.of("zipinfo-time", "false"))) {
            ClassFile format = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (Path file : classes(inside)) {
                byte[] bytes = Files.readAllBytes(file);
                if (majorVersion(bytes) < FIRST_WITH_STACK_MAPS) {
                    ClassModel old = format.parse(bytes);
                    Files.write(file, format.transformClass(old, toJava8()));
                }
            }
        }
    }

    private static List<Path> classes(FileSystem inside) throws IOException {
        try (Stream<Path> files = Files.walk(inside.getPath("/"))) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static int majorVersion(byte[] bytes) {
        return (bytes[6] & 0xff) << 8 | bytes[7] & 0xff;
    }

    private static ClassTransform toJava8() {
        return ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                .andThen(ClassTransform.endHandler(upgraded -> upgraded.withVersion(ClassFile.JAVA_8_VERSION, 0)));
    }
}
