/** What stands behind Fetch: sessions, reading within the bounds of a request, and waiting for data. */
@NullMarked
package dev.millrace.wire.fetch;

import org.jspecify.annotations.NullMarked;
