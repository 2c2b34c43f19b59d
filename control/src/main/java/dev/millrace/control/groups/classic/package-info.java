/**
 * The classic group protocol: members join, the leader assigns, all sync. {@code ClassicGroup} draws the states.
 */
@NullMarked
package dev.millrace.control.groups.classic;

import org.jspecify.annotations.NullMarked;
