/** Where log lines go. */
@NullMarked
package dev.millrace.server.logging;

import org.jspecify.annotations.NullMarked;
