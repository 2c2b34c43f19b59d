@NullMarked
package dev.millrace.checker;

import org.jspecify.annotations.NullMarked;
