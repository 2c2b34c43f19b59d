package dev.millrace.control.machine;

/**
 * How a machine uses its log.
 *
 * @param maxBatchBytes turns that pile up share a batch up to this size; a single turn may be larger
 * @param snapshotMinBytes the log is never rewritten while less than this was appended behind the last snapshot
 * @param snapshotFactor the log is rewritten when what was appended behind the last snapshot is this many times its size
 */
public record MachineOptions(int maxBatchBytes, long snapshotMinBytes, int snapshotFactor) {

    public static final MachineOptions DEFAULT = new MachineOptions(256 << 10, 4 << 20, 4);
}
