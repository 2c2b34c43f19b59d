package dev.millrace.base.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.StackTrace;

/**
 * What all of our flight recorder events have in common: their category, and that they take no stack trace.
 *
 * <p>A module defines an event for each stop of a path that may take long (a group commit, a cold read, a rebalance), named {@code
 * millrace.JournalSync}; its fields carry units in their names or {@link jdk.jfr.DataAmount} and {@link jdk.jfr.Timespan}. While nobody
 * records, an event costs a flag: guard what computes its fields with {@link #shouldCommit()}.
 */
@Category("Millrace")
@StackTrace(false)
public abstract class MillraceEvent extends Event {}
