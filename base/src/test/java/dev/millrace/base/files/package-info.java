@NullMarked
package dev.millrace.base.files;

import org.jspecify.annotations.NullMarked;
