/** Reading and writing the small binary records of the control plane and of checkpoints. */
@NullMarked
package dev.millrace.base.bytes;

import org.jspecify.annotations.NullMarked;
