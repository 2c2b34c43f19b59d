@NullMarked
package dev.millrace.log.producer;

import org.jspecify.annotations.NullMarked;
