package dev.millrace.wire;

import dev.millrace.base.time.Clock;
import dev.millrace.control.groups.GroupCoordinator;
import dev.millrace.control.metadata.ProducerIds;
import dev.millrace.control.port.LogPort;
import dev.millrace.control.transactions.TransactionCoordinator;
import java.util.List;

/** Everything that clients ask of transactions, except to find their coordinator. */
public final class TransactionHandlers {

    private TransactionHandlers() {}

    /** The handlers of producer ids, of transactions, and of what administrators ask of both. */
    public static List<Handler<?>> all(
            TransactionCoordinator transactions,
            GroupCoordinator groups,
            LogPort log,
            ProducerIds producerIds,
            Clock clock) {
        return List.of(
                new H22_InitProducerId(producerIds::next, transactions),
                new H24_AddPartitionsToTxn(log),
                new H25_AddOffsetsToTxn(transactions),
                new H26_EndTxn(transactions),
                new H27_WriteTxnMarkers(log, groups),
                new H28_TxnOffsetCommit(log),
                new H61_DescribeProducers(log),
                new H65_DescribeTransactions(transactions),
                new H66_ListTransactions(transactions, clock));
    }
}
