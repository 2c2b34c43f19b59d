package dev.millrace.control.metadata;

import dev.millrace.base.TopicId;

/** How a caller names a topic. */
public sealed interface TopicReference {

    record ByName(String name) implements TopicReference {}

    record ById(TopicId id) implements TopicReference {}
}
