package dev.millrace.control.machine;

import java.util.Optional;

/**
 * One fact of a machine, as it stands in its log: a key, and the value that the key has from now on; no value removes the
 * key. So the log may be compacted by key.
 *
 * <p>The arrays are not copied: who makes a record gives them away.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere; copying would be the only thing that a wrapper adds.
public record MachineRecord(byte[] key, Optional<byte[]> value) {

    /** What a record takes beside key and value, about. */
    private static final int OVERHEAD_BYTES = 8;

    /** About how many bytes the fact takes in a batch. */
    public int sizeBytes() {
        return OVERHEAD_BYTES + key.length + value.map(bytes -> bytes.length).orElse(0);
    }
}
