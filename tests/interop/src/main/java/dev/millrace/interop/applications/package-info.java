/**
 * Applications as users write them, run as processes of their own against a real broker process, killed while they work, and held against what
 * they should have computed: {@code tests/interop/applications}.
 */
@NullMarked
package dev.millrace.interop.applications;

import org.jspecify.annotations.NullMarked;
