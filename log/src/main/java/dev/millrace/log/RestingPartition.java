package dev.millrace.log;

import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition whose files the start left alone, because a checkpoint says all that is asked of one which nobody uses. Whoever first needs
 * more, a reader or the shard, brings it back, on its own thread: the directory is listed, the files are opened, and what is wrong with
 * them is found then. Thread-safe: until then nobody but the one who brings it back touches segments and producers.
 *
 * <pre>
 *   resting ──(first use)──→ brought back        offsets, epoch and size are those of the checkpoint
 *      │                └──→ offline             a file is missing or damaged: reported as a start reports it
 *      └──(deletion, shutdown)──→ left           never to be opened: its place may be another's
 * </pre>
 */
final class RestingPartition {

    private static final Logger log = LoggerFactory.getLogger(RestingPartition.class);

    private final PartitionWriter partition;
    private final PartitionRecovery recovery;
    private final Checkpoint.Summary summary;
    private boolean over;

    RestingPartition(PartitionWriter partition, PartitionRecovery recovery, Checkpoint.Summary summary) {
        this.partition = partition;
        this.recovery = recovery;
        this.summary = summary;
    }

    Checkpoint.Summary summary() {
        return summary;
    }

    /** Brings it back, unless that is over; waits for who is about to. May wait for the disk. */
    synchronized void bringBack() {
        if (over) {
            return;
        }
        over = true;
        try {
            recovery.runLater();
            recovery.findings().forEach(finding -> log.warn("event=recovery-finding {}", finding));
        } catch (IOException | RuntimeException e) {
            couldNotBeBroughtBack(e);
        } catch (Error e) {
            couldNotBeBroughtBack(e); // Nobody may use what is there half.
            throw e;
        } finally {
            partition.log.endRest();
        }
    }

    private void couldNotBeBroughtBack(Throwable cause) {
        log.error("event=partition-offline partition={} what=recovery", partition.name(), cause);
        partition.log.couldNotBeBroughtBack(refusal(partition.name(), "recovery", cause));
    }

    /** It is never brought back from now on; who is about to has finished then. */
    synchronized void leave() {
        over = true;
        partition.log.endRest();
    }

    /** Whether retention may find something to do: then it has to be brought back. */
    boolean isRetentionDue(LogConfig config, long nowMs) {
        boolean tooOld = config.retentionMs() >= 0
                && summary.oldestTimestampMs() >= 0
                && nowMs - summary.oldestTimestampMs() > config.retentionMs();
        boolean tooMuch = config.retentionSizeBytes() >= 0
                && summary.segmentsCount() > 1
                && summary.sizeBytes() > config.retentionSizeBytes();
        return tooOld || tooMuch;
    }

    /** Why a partition takes and gives nothing, when it could not be brought back. */
    static MillraceException refusal(String name, String what, Throwable cause) {
        return new MillraceException(
                ErrorCode.PARTITION_OFFLINE,
                "the " + what + " of " + name + " failed at the start: " + cause.getMessage(),
                cause);
    }
}
