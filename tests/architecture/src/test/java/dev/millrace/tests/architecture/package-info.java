@NullMarked
package dev.millrace.tests.architecture;

import org.jspecify.annotations.NullMarked;
