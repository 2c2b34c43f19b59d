@NullMarked
package dev.millrace.parity;

import org.jspecify.annotations.NullMarked;
