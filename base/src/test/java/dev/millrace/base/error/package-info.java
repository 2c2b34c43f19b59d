@NullMarked
package dev.millrace.base.error;

import org.jspecify.annotations.NullMarked;
