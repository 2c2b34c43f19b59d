/** The server: its configuration, and {@link dev.millrace.server.Server}, which wires everything by hand, from top to bottom. */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
