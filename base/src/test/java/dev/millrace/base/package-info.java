@NullMarked
package dev.millrace.base;

import org.jspecify.annotations.NullMarked;
