/**
 * Transactions (KIP-98, KIP-360, KIP-447, KIP-664, KIP-890).
 *
 * <p>{@code TransactionCoordinator} is the door, {@code TransactionMachine} what stands behind it, one for each partition of
 * {@code __transaction_state}; {@code TransactionMarkers} ends decided transactions in the partitions. Requests and answers are in {@code api}.
 */
@NullMarked
package dev.millrace.control.transactions;

import org.jspecify.annotations.NullMarked;
