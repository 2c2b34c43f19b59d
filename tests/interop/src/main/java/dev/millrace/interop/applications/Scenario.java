package dev.millrace.interop.applications;

/** One application and what becomes of it. */
interface Scenario {
    /** What the command line and results call it. */
    String name();

    /**
     * Runs it to its end.
     *
     * @return what was done, in a few words, for the result's line
     * @throws AssertionError when something is not as it should be
     */
    String run(Stage stage) throws Exception;
}
