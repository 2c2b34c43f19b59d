/**
 * Consumer groups: membership, and the offsets that groups commit.
 *
 * <p>{@code GroupCoordinator} is the door, {@code GroupMachine} what stands behind it, one for each partition of
 * {@code __consumer_offsets}. The classic protocol is in {@code classic}, offsets are in {@code offsets}, requests and answers in {@code api}.
 */
@NullMarked
package dev.millrace.control.groups;

import org.jspecify.annotations.NullMarked;
