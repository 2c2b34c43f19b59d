/** What {@code millrace produce} reads: records as JSON, CSV or plain lines, each with the place where it stands, for error messages. */
@NullMarked
package dev.millrace.server.cli.input;

import org.jspecify.annotations.NullMarked;
