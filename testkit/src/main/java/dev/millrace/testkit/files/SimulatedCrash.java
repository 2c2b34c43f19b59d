package dev.millrace.testkit.files;

/**
 * The machine stops in the middle of a file operation. An {@link Error}, so that no handler of failures takes it for one: only the
 * driver of the simulation catches it.
 */
public final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String where) {
        super("simulated crash: " + where, null, false, true);
    }
}
