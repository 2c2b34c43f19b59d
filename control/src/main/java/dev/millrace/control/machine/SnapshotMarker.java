package dev.millrace.control.machine;

/**
 * Where a snapshot begins and ends in a machine's log: a control batch with one record, as Kafka's own metadata log has it (KIP-630),
 * so that whoever reads the partition as a topic skips it.
 *
 * <pre>
 *   key     2 bytes  version        0
 *           2 bytes  type           3 = header, 4 = footer
 *   value   2 bytes  version        0
 * </pre>
 */
enum SnapshotMarker {
    HEADER(3),
    FOOTER(4);

    private final short type;

    SnapshotMarker(int type) {
        this.type = (short) type;
    }

    short type() {
        return type;
    }
}
