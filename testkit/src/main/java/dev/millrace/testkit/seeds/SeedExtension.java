package dev.millrace.testkit.seeds;

import dev.millrace.testkit.simulation.Simulator;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link SeededTest} for its seeds. */
final class SeedExtension implements TestTemplateInvocationContextProvider {

    private static final int DEFAULT_SEEDS_COUNT = 20;

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getTestMethod().isPresent();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int oneIn =
                context.getRequiredTestMethod().getAnnotation(SeededTest.class).oneIn();
        return seeds(oneIn).mapToObj(Invocation::new);
    }

    static LongStream seeds(int oneIn) {
        String only = System.getProperty("millrace.seed", "");
        if (!only.isEmpty()) {
            return LongStream.of(Long.parseLong(only));
        }
        int count = Math.max(1, Integer.getInteger("millrace.seeds", DEFAULT_SEEDS_COUNT) / oneIn);
        String first = System.getProperty("millrace.seeds.first", "1");
        long from = first.equals("random") ? new Random().nextLong(1L << 48) : Long.parseLong(first);
        return LongStream.range(from, from + count);
    }

    /** The command that runs {@code test} for {@code seed} alone, from the root of the checkout. */
    static String commandToRepeat(Method test, long seed) {
        return "mvn -q -pl " + module() + " -am test -Dquick -Dtest='"
                + test.getDeclaringClass().getSimpleName() + "#" + test.getName()
                + "' -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.seed=" + seed;
    }

    /** Path of the module that is being tested, seen from the outermost directory with a pom.xml. */
    private static String module() {
        Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        Path root = module;
        for (Path up = module; up != null && Files.exists(up.resolve("pom.xml")); up = up.getParent()) {
            root = up;
        }
        return root.relativize(module).toString();
    }

    /** One run. */
    private record Invocation(long seed) implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(int invocationIndex) {
            return "seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            TestExecutionExceptionHandler reporter = this::report;
            return List.of(new SeedParameter(seed), reporter);
        }

        private void report(ExtensionContext context, Throwable failure) throws Throwable {
            if (failure.getClass().getName().equals("org.opentest4j.TestAbortedException")) {
                throw failure;
            }
            String command = commandToRepeat(context.getRequiredTestMethod(), seed);
            throw new AssertionError("seed " + seed + ": " + failure + "\n  to repeat: " + command, failure);
        }
    }

    private record SeedParameter(long seed) implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == long.class || type == Random.class || type == Simulator.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            if (type == Random.class) {
                return new Random(seed);
            }
            return type == Simulator.class ? new Simulator(seed) : (Object) seed;
        }
    }
}
