@NullMarked
package dev.millrace.testkit.config;

import org.jspecify.annotations.NullMarked;
