package dev.millrace.control.groups.api;

/** The answer to what has no other answer than that it is done. */
public enum Done {
    DONE
}
