@NullMarked
package dev.millrace.control.groups;

import org.jspecify.annotations.NullMarked;
