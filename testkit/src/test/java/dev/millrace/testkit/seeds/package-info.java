@NullMarked
package dev.millrace.testkit.seeds;

import org.jspecify.annotations.NullMarked;
