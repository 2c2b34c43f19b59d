@NullMarked
package dev.millrace.control.port;

import org.jspecify.annotations.NullMarked;
