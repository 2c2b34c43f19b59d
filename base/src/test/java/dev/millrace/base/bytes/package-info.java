@NullMarked
package dev.millrace.base.bytes;

import org.jspecify.annotations.NullMarked;
