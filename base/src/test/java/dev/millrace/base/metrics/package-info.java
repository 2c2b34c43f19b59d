@NullMarked
package dev.millrace.base.metrics;

import org.jspecify.annotations.NullMarked;
