package dev.millrace.server.cli.input;

import java.util.Optional;

/** A record as it is read from the input. */
@SuppressWarnings("ArrayRecordComponent") // A carrier that is compared nowhere.
public record InputRecord(Optional<byte[]> key, byte[] value) {}
