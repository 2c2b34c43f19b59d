/** What is asked of a transactions machine, and what it answers. */
@NullMarked
package dev.millrace.control.transactions.api;

import org.jspecify.annotations.NullMarked;
