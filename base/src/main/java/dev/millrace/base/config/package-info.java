/** Typed configuration: keys are defined where they are used, values are read, checked and explained here. */
@NullMarked
package dev.millrace.base.config;

import org.jspecify.annotations.NullMarked;
