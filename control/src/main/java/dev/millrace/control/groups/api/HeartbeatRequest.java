package dev.millrace.control.groups.api;

import java.util.Optional;

/** A sign of life. */
public record HeartbeatRequest(String groupId, String memberId, Optional<String> instanceId, int generation) {}
