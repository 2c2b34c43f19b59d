package dev.millrace.wire.fetch;

import dev.millrace.base.time.Scheduler;
import dev.millrace.control.port.PartitionPort;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.Watch;
import dev.millrace.wire.IsolationLevels;
import dev.millrace.wire.RequestContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * One Fetch request from its arrival to its answer.
 *
 * <pre>
 *   read ── enough, an error, or no time to wait ──▶ warm what is cold ──▶ answer
 *    ▲ │
 *    ├─┤ some partition rests ──▶ bring it back, where waiting is allowed
 *    │ └─ too little ──▶ watch each partition, arm one timer ──┐
 *    └──────────────── something became readable, or time is up ┘
 * </pre>
 *
 * <p>Runs on its connection's event loop; the log's threads and the scheduler only ask for another look.
 */
final class FetchCall {

    private final FetchEngine engine;
    private final FetchRequestData request;
    private final RequestContext context;
    private final Collection<FetchTarget> targets;
    private final FetchAnswer answer;
    private final ReadRequest.Bound bound;
    private final boolean fromReplica;
    private final CompletableFuture<FetchResponseData> future = new CompletableFuture<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final List<Watch> watches = new ArrayList<>();
    private Scheduler.@Nullable Scheduled timer;
    private volatile boolean timeIsUp;
    private boolean done;

    FetchCall(
            FetchEngine engine,
            FetchRequestData request,
            RequestContext context,
            Collection<FetchTarget> targets,
            FetchAnswer answer) {
        this.engine = engine;
        this.request = request;
        this.context = context;
        this.targets = targets;
        this.answer = answer;
        this.bound = request.isolationLevel() == IsolationLevels.READ_COMMITTED
                ? ReadRequest.Bound.COMMITTED
                : ReadRequest.Bound.DURABLE;
        this.fromReplica = FetchRequest.replicaId(request) >= 0;
        this.timeIsUp = request.maxWaitMs() <= 0 || targets.isEmpty();
    }

    CompletableFuture<FetchResponseData> start() {
        look();
        return future;
    }

    /** Another look is worth it. On any thread; however often it is asked for, the loop looks once. */
    private void askForLook() {
        if (lookAsked.compareAndSet(false, true)) {
            context.execute(this::look);
        }
    }

    private void look() {
        if (done) {
            return;
        }
        lookAsked.set(false);
        dropWatches();
        List<PartitionPort> resting = new ArrayList<>(0);
        List<FetchedPartition> fetched = read(resting);
        if (!resting.isEmpty()) {
            engine.coldReads().bringBack(resting, this::askForLook);
        } else if (timeIsUp || isEnough(fetched)) {
            finish(fetched);
        } else {
            await(fetched);
        }
    }

    private List<FetchedPartition> read(List<PartitionPort> resting) {
        List<FetchedPartition> fetched = new ArrayList<>(targets.size());
        int leftBytes = Math.min(request.maxBytes(), FetchEngine.MAX_BYTES);
        boolean nothingYet = true;
        for (FetchTarget target : targets) {
            int maxSizeBytes = Math.max(0, Math.min(leftBytes, target.maxSizeBytes()));
            PartitionData data = fromReplica
                    ? engine.reader().refuseReplica(target)
                    : engine.reader().read(target, bound, maxSizeBytes, nothingYet, resting::add);
            FetchedPartition partition = new FetchedPartition(target, data);
            fetched.add(partition);
            leftBytes = Math.max(0, leftBytes - partition.sizeBytes());
            nothingYet &= partition.sizeBytes() == 0;
        }
        return fetched;
    }

    private boolean isEnough(List<FetchedPartition> fetched) {
        long sizeBytes = 0;
        for (FetchedPartition partition : fetched) {
            if (partition.data().errorCode() != Errors.NONE.code()
                    || partition.data().divergingEpoch().epoch() >= 0) {
                return true;
            }
            sizeBytes += partition.sizeBytes();
        }
        return sizeBytes >= request.minBytes();
    }

    private void await(List<FetchedPartition> fetched) {
        if (timer == null) {
            timer = engine.scheduler().schedule(request.maxWaitMs(), this::timeIsUp);
            context.onDisconnect(this::abandon);
        }
        for (FetchedPartition partition : fetched) {
            watch(partition);
        }
    }

    private void watch(FetchedPartition partition) {
        PartitionData seen = partition.data();
        long readableTo = bound == ReadRequest.Bound.COMMITTED ? seen.lastStableOffset() : seen.highWatermark();
        long from = Math.max(readableTo, partition.target().fetchOffset());
        try {
            watches.add(engine.reader().find(partition.target()).watch(from, bound, this::askForLook));
        } catch (RuntimeException e) {
            // The partition went away since it was read: another look finds out.
            askForLook();
        }
    }

    private void timeIsUp() {
        timeIsUp = true;
        askForLook();
    }

    private void finish(List<FetchedPartition> fetched) {
        end();
        engine.coldReads().warm(fetched, context::execute, () -> future.complete(answer.build(fetched)));
    }

    /** The client is gone. */
    private void abandon() {
        end();
    }

    private void end() {
        done = true;
        dropWatches();
        if (timer != null) {
            timer.cancel();
        }
    }

    private void dropWatches() {
        watches.forEach(Watch::cancel);
        watches.clear();
    }
}
