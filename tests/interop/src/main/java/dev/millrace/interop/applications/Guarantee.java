package dev.millrace.interop.applications;

/** What a Streams application is promised, with the word that its configuration has for it. */
enum Guarantee {
    AT_LEAST_ONCE("at_least_once"),
    EXACTLY_ONCE("exactly_once_v2");

    private final String configured;

    Guarantee(String configured) {
        this.configured = configured;
    }

    String configured() {
        return configured;
    }
}
