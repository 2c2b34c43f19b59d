@NullMarked
package dev.millrace.log.files;

import org.jspecify.annotations.NullMarked;
