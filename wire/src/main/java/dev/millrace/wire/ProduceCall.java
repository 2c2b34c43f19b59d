package dev.millrace.wire;

import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.Append;
import dev.millrace.log.AppendResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One Produce request while its appends run. It ends twice: when the log has taken every batch, the frame is given back; when every
 * append has come as far as {@code acks} wants, the answer is complete.
 *
 * <p>Its callbacks run on the log's threads, several at a time; each partition's entry is written by its own append alone.
 */
final class ProduceCall implements BiConsumer<AppendResult, @Nullable Throwable> {

    /** One more than there are appends: the request itself, until all are on their way. */
    private final AtomicInteger notAccepted = new AtomicInteger(1);

    private final AtomicInteger notAnswered = new AtomicInteger(1);
    private final AtomicBoolean anyFailed = new AtomicBoolean();
    private final CompletableFuture<ApiMessage> future = new CompletableFuture<>();
    private final ProduceResponseData answer;
    private final short acks;
    private final Runnable frame;

    ProduceCall(ProduceResponseData answer, short acks, Runnable frame) {
        this.answer = answer;
        this.acks = acks;
        this.frame = frame;
    }

    CompletableFuture<ApiMessage> future() {
        return future;
    }

    /** A partition that is refused without an append. */
    void refused() {
        anyFailed.set(true);
    }

    /** An append is on its way; its outcome goes to {@code entry}. */
    void started(PartitionPort partition, Append append, PartitionProduceResponse entry) {
        notAccepted.incrementAndGet();
        notAnswered.incrementAndGet();
        var _ = append.accepted().whenComplete(this);
        boolean all = acks == H00_Produce.ACKS_ALL;
        var _ = (all ? append.durable() : append.accepted())
                .whenComplete((result, failure) -> answered(partition, entry, result, failure));
    }

    /** An append that is to come, or not: until {@link #release}, the frame is kept and the answer waits. */
    void hold() {
        notAccepted.incrementAndGet();
        notAnswered.incrementAndGet();
    }

    /** What was held has been started, or refused. */
    void release() {
        acceptedOne();
        answeredOne();
    }

    /** No append follows. */
    void allStarted() {
        acceptedOne();
        answeredOne();
    }

    /** An append is accepted, or refused: either way the log has done with its bytes. */
    @Override
    public void accept(AppendResult result, @Nullable Throwable failure) {
        acceptedOne();
    }

    private void answered(
            PartitionPort partition,
            PartitionProduceResponse entry,
            @Nullable AppendResult result,
            @Nullable Throwable failure) {
        if (failure != null || result == null) {
            anyFailed.set(true);
            H00_Produce.fail(
                    entry,
                    failure != null ? failure : new IllegalStateException("an append without a result"),
                    partition);
        } else {
            entry.setBaseOffset(result.baseOffset())
                    .setLogAppendTimeMs(result.logAppendTimeMs())
                    .setLogStartOffset(result.logStartOffset());
        }
        answeredOne();
    }

    private void acceptedOne() {
        if (notAccepted.decrementAndGet() == 0) {
            frame.run();
        }
    }

    private void answeredOne() {
        if (notAnswered.decrementAndGet() == 0) {
            future.complete(outcome());
        }
    }

    private ApiMessage outcome() {
        if (acks != H00_Produce.ACKS_NONE) {
            return answer;
        }
        return anyFailed.get() ? NoResponse.THEN_CLOSE : NoResponse.INSTANCE;
    }
}
