/** The network side: listeners, frames, the order of answers, and the bounds of memory. */
@NullMarked
package dev.millrace.wire.net;

import org.jspecify.annotations.NullMarked;
