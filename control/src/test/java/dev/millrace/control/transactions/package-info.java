@NullMarked
package dev.millrace.control.transactions;

import org.jspecify.annotations.NullMarked;
