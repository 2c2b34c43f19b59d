/** A disk that keeps only what it promised to keep. */
@NullMarked
package dev.millrace.testkit.files;

import org.jspecify.annotations.NullMarked;
