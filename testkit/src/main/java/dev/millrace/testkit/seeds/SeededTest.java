package dev.millrace.testkit.seeds;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each of many seeds: 1, 2, 3, … It takes the seed as a {@code long} parameter, or a {@link java.util.Random} or
 * {@link dev.millrace.testkit.simulation.Simulator} made from it.
 *
 * <ul>
 *   <li>{@code -Dmillrace.seeds=N}: how many (20 if not given)
 *   <li>{@code -Dmillrace.seeds.first=S}: from which on (1 if not given); {@code random} looks where nobody has looked before
 *   <li>{@code -Dmillrace.seed=S}: this one alone
 * </ul>
 *
 * <p>When a seed fails, its error tells the command that repeats it.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeedExtension.class)
public @interface SeededTest {

    /** Runs only each so many-th of the seeds: for a test that takes as long as that many others. */
    int oneIn() default 1;
}
