package dev.millrace.control.machine;

import java.util.Optional;

/**
 * One fact of a machine, as it stands in its log: a key, and the value that the key has from now on; no value removes the
 * key. So the log may be compacted by key.
 *
 * <p>The arrays are not copied: who makes a record gives them away.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere; copying would be the only thing that a wrapper adds.
public record MachineRecord(byte[] key, Optional<byte[]> value) {}
