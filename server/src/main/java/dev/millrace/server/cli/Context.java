package dev.millrace.server.cli;

import dev.millrace.base.time.Clock;

/** What every command is given. */
record Context(Terminal terminal, Clock clock) {}
