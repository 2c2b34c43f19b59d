package dev.millrace.log;

import java.util.OptionalInt;

/** A record's place in order and time; {@code leaderEpoch} is that of its batch, empty if unknown. */
public record TimestampedOffset(long offset, long timestampMs, OptionalInt leaderEpoch) {}
