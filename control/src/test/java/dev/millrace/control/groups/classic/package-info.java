@NullMarked
package dev.millrace.control.groups.classic;

import org.jspecify.annotations.NullMarked;
