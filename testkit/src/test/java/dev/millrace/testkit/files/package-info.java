@NullMarked
package dev.millrace.testkit.files;

import org.jspecify.annotations.NullMarked;
