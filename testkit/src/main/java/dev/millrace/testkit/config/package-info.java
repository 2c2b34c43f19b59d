/** Checks that every configuration key is tested and explained. */
@NullMarked
package dev.millrace.testkit.config;

import org.jspecify.annotations.NullMarked;
