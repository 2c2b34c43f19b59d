/** The command line: one class per command. Begin at {@link dev.millrace.server.cli.Cli}. */
@NullMarked
package dev.millrace.server.cli;

import org.jspecify.annotations.NullMarked;
