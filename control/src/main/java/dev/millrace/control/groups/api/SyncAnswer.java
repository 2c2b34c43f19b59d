package dev.millrace.control.groups.api;

import java.util.Optional;

/** A member's assignment in the leader's words; empty if the leader gave it none. */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
public record SyncAnswer(Optional<String> protocolType, Optional<String> protocolName, byte[] assignment) {}
