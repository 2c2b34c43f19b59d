/**
 * Groups of the consumer protocol (KIP-848): the coordinator assigns, and each member reconciles what it has with what it is to have, heartbeat by
 * heartbeat, without a barrier that all must pass.
 *
 * <p>{@code ConsumerGroups} is the door. {@code ConsumerGroup} is what is durable of a group; {@code GroupDraft} what one command makes of it.
 */
@NullMarked
package dev.millrace.control.groups.consumer;

import org.jspecify.annotations.NullMarked;
