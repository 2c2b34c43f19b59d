package dev.millrace.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The walls of the house (ARCHITECTURE.md): which module may see which, and which foreign packages only one module may import.
 *
 * <p>A new module, or a new edge, begins here.
 */
final class LayersTest {

    @ParameterizedTest(name = "{0} sees {1}")
    @CsvSource(delimiter = '|', textBlock = """
        base    | base                    | everything stands on base, so base stands on nothing of ours
        log     | base log                | the data plane knows neither topics' names nor clients: it must run alone, in a simulator
        control | base log control        | the control plane must not know by which protocol it is asked, so that HTTP and the engine can ask too
        wire    | base log control wire   | the Kafka protocol is an adapter: beside HTTP and the engine, never under them
        kafka   | base kafka              | the client's port works against any Kafka cluster, so it must know nothing of this server
        """)
    void shouldSeeOnlyWhatItStandsOn(String module, String visible, String why) {
        String[] allowed =
                Arrays.stream(visible.split(" ")).map(LayersTest::packageOf).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(packageOf(module))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.millrace..").and(not(resideInAnyPackage(allowed))))
                .because(why)
                .allowEmptyShould(true)
                .check(ShippedClasses.ALL);
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @CsvSource(delimiter = '|', textBlock = """
        org.apache.kafka..       | wire kafka   | internal packages of that jar move between releases, and its types would make Kafka the centre of the house
        io.netty..               | wire         | buffers with manual reference counts must not leave the one module that is written for them
        com.github.luben.zstd..  | log          | records are compressed and decompressed in one place, where hostile input is bounded
        net.jpountz..            | log          | records are compressed and decompressed in one place, where hostile input is bounded
        org.xerial.snappy..      | log          | records are compressed and decompressed in one place, where hostile input is bounded
        com.google.re2j..        | control      | clients' expressions for topics are evaluated in one place, in linear time
        picocli..                | server       | only the command line parses command lines
        ch.qos.logback..         | server       | modules log through SLF4J; where lines go is decided where the process begins
        com.fasterxml.jackson..  | server       | JSON is spoken at the edge of the process alone
        """)
    void shouldBeImportedByOneModuleOnly(String foreign, String modules, String why) {
        String[] allowed =
                Arrays.stream(modules.split(" ")).map(LayersTest::packageOf).toArray(String[]::new);
        noClasses()
                .that(not(resideInAnyPackage(allowed)))
                .should()
                .dependOnClassesThat(resideInAPackage(foreign))
                .because(why)
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldKeepSegmentProvidersApart() {
        noClasses()
                .that()
                .resideInAPackage("dev.millrace.log.files..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.millrace.log.memory..")
                .because("a provider is chosen by the owner of the log and knows only the interfaces in log.segment")
                .allowEmptyShould(true)
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldSeeEveryModule() {
        for (String module : new String[] {"base", "log", "control", "wire"}) {
            assertThat(ShippedClasses.ALL.stream()
                            .anyMatch(c -> c.getPackageName().startsWith("dev.millrace." + module)))
                    .as("classes of %s are on the class path: a rule over nothing proves nothing", module)
                    .isTrue();
        }
    }

    private static String packageOf(String module) {
        return "dev.millrace." + module.strip() + "..";
    }
}
