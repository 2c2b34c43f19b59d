package dev.millrace.log;

/** A leader epoch and the offset behind its last record (KIP-101). */
public record EpochEnd(int leaderEpoch, long endOffset) {}
