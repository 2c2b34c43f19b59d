/**
 * What groups are asked, and what they answer: plain records, none of them Kafka's.
 */
@NullMarked
package dev.millrace.control.groups.api;

import org.jspecify.annotations.NullMarked;
