package dev.millrace.control.groups.api;

/** A group in a list. {@code protocolType} is empty for a group that only keeps offsets. */
public record ListedGroup(String groupId, GroupType type, GroupState state, String protocolType) {}
