package dev.millrace.log.records;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A header of a record (KIP-82).
 *
 * @param value empty if it is null
 */
public record RecordHeader(String key, Optional<ByteBuffer> value) {}
