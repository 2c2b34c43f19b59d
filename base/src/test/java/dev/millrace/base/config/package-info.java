@NullMarked
package dev.millrace.base.config;

import org.jspecify.annotations.NullMarked;
