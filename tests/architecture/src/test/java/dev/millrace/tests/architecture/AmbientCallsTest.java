package dev.millrace.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Time, randomness, threads and disks are parameters (STYLE: habit 12). A call that reaches for them past {@code Clock}, {@code Scheduler}
 * and {@code FileStore} would run differently in a simulation than its seed says.
 */
final class AmbientCallsTest {

    private static final String WHY_TIME =
            "time comes from the injected Clock and Scheduler, so that a simulation decides what time it is";
    private static final String WHY_RANDOM = "randomness comes from an injected source, so that a seed repeats a run";
    private static final String WHY_FILES =
            "disks are reached through the injected FileStore, so that a simulated one can lose, tear and fill up";

    @Test
    void shouldTakeTimeFromClock() {
        refuse("dev.millrace.base.time..", WHY_TIME, System.class, "currentTimeMillis|nanoTime");
        refuse("dev.millrace.base.time..", WHY_TIME, Instant.class, "now");
        refuse("dev.millrace.base.time..", WHY_TIME, LocalDateTime.class, "now");
        refuse("dev.millrace.base.time..", WHY_TIME, ZonedDateTime.class, "now");
    }

    @Test
    void shouldNotSleepOrKeepTimersOfItsOwn() {
        refuse("dev.millrace.base.time..", WHY_TIME, Thread.class, "sleep");
        refuse("dev.millrace.base.time..", WHY_TIME, Timer.class, "<init>");
        refuse("dev.millrace.base.time..", WHY_TIME, Executors.class, "new.*Scheduled.*");
    }

    @Test
    void shouldTakeRandomnessFromItsParameters() {
        refuse("dev.millrace.base..", WHY_RANDOM, Random.class, "<init>");
        refuse("dev.millrace.base..", WHY_RANDOM, ThreadLocalRandom.class, "current");
        refuse("dev.millrace.base..", WHY_RANDOM, Math.class, "random");
    }

    @Test
    void shouldReachDisksThroughFileStore() {
        refuse("dev.millrace.base.files..", WHY_FILES, FileChannel.class, "open");
        refuse("dev.millrace.base.files..", WHY_FILES, Files.class, ".*");
        refuse("dev.millrace.base.files..", WHY_FILES, RandomAccessFile.class, "<init>");
        refuse("dev.millrace.base.files..", WHY_FILES, FileInputStream.class, "<init>");
        refuse("dev.millrace.base.files..", WHY_FILES, FileOutputStream.class, "<init>");
        refuse("dev.millrace.base.files..", WHY_FILES, File.class, ".*");
    }

    /** Two more homes, which no simulation ever runs: {@code UserFiles} reads what the user names on the command line, {@code Terminal} writes to it. */
    private static void refuse(String home, String why, Class<?> owner, String members) {
        JavaClasses outside = ShippedClasses.ALL.that(
                not(resideInAPackage(home)).and(not(simpleName("UserFiles"))).and(not(simpleName("Terminal"))));
        List<String> offenders = outside.stream()
                .flatMap(c -> c.getAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().isEquivalentTo(owner)
                        && access.getTarget().getName().matches(members))
                .map(JavaAccess::getDescription)
                .toList();
        assertThat(offenders)
                .as("%s.%s outside %s: %s", owner.getSimpleName(), members, home, why)
                .isEmpty();
    }
}
