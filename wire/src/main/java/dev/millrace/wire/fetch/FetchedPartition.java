package dev.millrace.wire.fetch;

import org.apache.kafka.common.message.FetchResponseData.PartitionData;

/** What one partition gave. */
record FetchedPartition(FetchTarget target, PartitionData data) {

    int sizeBytes() {
        return data.records() == null ? 0 : data.records().sizeInBytes();
    }
}
