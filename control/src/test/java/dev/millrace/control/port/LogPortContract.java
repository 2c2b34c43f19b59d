package dev.millrace.control.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.base.TopicId;
import dev.millrace.base.error.ErrorCode;
import dev.millrace.base.error.MillraceException;
import dev.millrace.control.groups.api.CommitRequest;
import dev.millrace.control.transactions.api.AddRequest;
import dev.millrace.control.transactions.api.EndRequest;
import dev.millrace.control.transactions.api.InitRequest;
import dev.millrace.control.transactions.api.ProducerIdentity;
import dev.millrace.control.transactions.api.TransactionPartition;
import dev.millrace.log.AppendOptions;
import dev.millrace.log.AppendResult;
import dev.millrace.log.EpochEnd;
import dev.millrace.log.ReadRequest;
import dev.millrace.log.ReadRequest.Bound;
import dev.millrace.log.ReadResult;
import dev.millrace.log.Slice;
import dev.millrace.log.TransactionGuard;
import dev.millrace.log.Watch;
import dev.millrace.log.records.BatchHeader;
import dev.millrace.log.records.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogPort} promises. An implementation extends this and gives a port with a way to create and delete topics.
 *
 * <pre>
 *   append ─→ accepted ─→ durable        read and watch see what is durable
 *   0 ……… logStart ……… highWatermark ……… logEnd
 * </pre>
 */
public abstract class LogPortContract {

    private static final long START_MS = 1_700_000_000_000L;

    protected abstract LogPort port();

    /** Creates a topic with two partitions; gives its id. */
    protected abstract TopicId createTopic(String name);

    protected abstract void deleteTopic(String name);

    @Test
    void shouldFindPartitionsByNameAndById() {
        TopicId id = createTopic("found");
        PartitionPort byName = port().partition("found", 1).orElseThrow();
        assertThat(byName.id().topicId()).isEqualTo(id);
        assertThat(byName.id().partition()).isEqualTo(1);
        assertThat(byName.topic()).isEqualTo("found");
        assertThat(byName.internal()).isFalse();
        assertThat(port().partition(id, 1).orElseThrow().id()).isEqualTo(byName.id());
    }

    @Test
    void shouldFindNothingWhereThereIsNothing() {
        createTopic("narrow");
        assertThat(port().partition("narrow", 2)).isEmpty();
        assertThat(port().partition("narrow", -1)).isEmpty();
        assertThat(port().partition("unknown", 0)).isEmpty();
        assertThat(port().partition(new TopicId(7, 7), 0)).isEmpty();
    }

    @Test
    void shouldReadWhatWasAppended() throws IOException {
        PartitionPort partition = partition("read");
        assertThat(partition.read(request(0, 1 << 20)).slices()).isEmpty();
        AppendResult first = append(partition, 0, 3);
        AppendResult second = append(partition, 1_000, 2);
        assertThat(first.baseOffset()).isZero();
        assertThat(first.offsetNext()).isEqualTo(3);
        assertThat(second.baseOffset()).isEqualTo(3);
        ReadResult all = partition.read(request(0, 1 << 20));
        assertThat(baseOffsets(all)).containsExactly(0L, 3L);
        assertThat(all.offsets().highWatermark()).isEqualTo(5);
        assertThat(baseOffsets(partition.read(request(4, 1 << 20)))).containsExactly(3L);
        assertThat(partition.read(request(5, 1 << 20)).slices()).isEmpty();
    }

    @Test
    void shouldBeginWhatWasLeftForLaterWhenAskedTo() {
        PartitionPort partition = partition("later");
        append(partition, 0, 1);
        CompletableFuture<AppendResult> first =
                partition.appendLater(batch(0, 1), AppendOptions.CLIENT).durable();
        CompletableFuture<AppendResult> second =
                partition.appendLater(batch(0, 1), AppendOptions.CLIENT).durable();
        port().startAppends();
        assertThat(first.join().baseOffset()).isEqualTo(1);
        assertThat(second.join().baseOffset()).isEqualTo(2);
    }

    @Test
    void shouldGiveTheFirstBatchWholeIfAskedTo() throws IOException {
        PartitionPort partition = partition("whole");
        append(partition, 0, 3);
        append(partition, 1_000, 3);
        assertThat(baseOffsets(partition.read(request(0, 1)))).containsExactly(0L);
        assertThat(partition.read(new ReadRequest(0, 1, false, Bound.DURABLE)).slices())
                .isEmpty();
    }

    @Test
    void shouldRefuseOffsetsThatItDoesNotHave() {
        PartitionPort partition = partition("range");
        append(partition, 0, 3);
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> partition.read(request(4, 100)));
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> partition.read(request(-1, 100)));
    }

    @Test
    void shouldRefuseBatchesThatAreNone() {
        PartitionPort partition = partition("hostile");
        ByteBuffer corrupt = batch(0, 2);
        corrupt.put(corrupt.limit() - 1, (byte) (corrupt.get(corrupt.limit() - 1) ^ 1));
        CompletableFuture<AppendResult> accepted =
                partition.append(corrupt, AppendOptions.CLIENT).accepted();
        assertThatThrownBy(accepted::join)
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_BATCH));
        assertThat(partition.offsets().logEnd()).isZero();
    }

    @Test
    void shouldWakeWhoWatchesOnce() {
        PartitionPort partition = partition("watched");
        AtomicInteger woken = new AtomicInteger();
        Watch _ = partition.watch(0, Bound.DURABLE, woken::incrementAndGet);
        Watch cancelled = partition.watch(0, Bound.DURABLE, () -> woken.addAndGet(100));
        cancelled.cancel();
        assertThat(woken).hasValue(0);
        append(partition, 0, 1);
        await().untilAtomic(woken, Matchers.equalTo(1));
        append(partition, 0, 1);
        Watch _ = partition.watch(1, Bound.DURABLE, () -> woken.addAndGet(10));
        assertThat(woken).hasValue(11);
    }

    @Test
    void shouldFindRecordsByTime() throws IOException {
        PartitionPort partition = partition("times");
        assertThat(partition.largestTimestamp()).isEmpty();
        append(partition, 0, 3);
        append(partition, 1_000, 3);
        assertThat(partition.firstAtOrAfter(START_MS + 2).orElseThrow().offset())
                .isEqualTo(2);
        assertThat(partition.firstAtOrAfter(START_MS + 3).orElseThrow().offset())
                .isEqualTo(3);
        assertThat(partition.firstAtOrAfter(START_MS + 1_003)).isEmpty();
        assertThat(partition.largestTimestamp().orElseThrow().offset()).isEqualTo(5);
        assertThat(partition.largestTimestamp().orElseThrow().timestampMs()).isEqualTo(START_MS + 1_002);
    }

    @Test
    void shouldMoveTheStartOfTheLog() throws IOException {
        PartitionPort partition = partition("trimmed");
        append(partition, 0, 3);
        append(partition, 1_000, 3);
        assertThat(partition.deleteRecords(4).join()).isEqualTo(4);
        assertThat(partition.offsets().logStart()).isEqualTo(4);
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> partition.read(request(3, 100)));
        assertThat(baseOffsets(partition.read(request(4, 100)))).containsExactly(3L);
        assertThat(partition.deleteRecords(-1).join()).isEqualTo(6);
        assertThatThrownBy(() -> partition.deleteRecords(7).join())
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void shouldTellWhereAnEpochEnds() {
        PartitionPort partition = partition("epochs");
        int epoch = partition.leaderEpoch();
        assertThat(partition.endOfEpoch(epoch)).contains(new EpochEnd(epoch, 0));
        append(partition, 0, 3);
        assertThat(partition.endOfEpoch(epoch)).contains(new EpochEnd(epoch, 3));
        assertThat(partition.endOfEpoch(epoch + 1)).isEmpty();
        assertThat(partition.endOfEpoch(-1)).isEmpty();
    }

    @Test
    void shouldForgetADeletedTopicAndKeepItsNamesakeApart() {
        TopicId id = createTopic("reborn");
        PartitionPort gone = port().partition("reborn", 0).orElseThrow();
        append(gone, 0, 3);
        AtomicInteger woken = new AtomicInteger();
        Watch _ = gone.watch(3, Bound.DURABLE, woken::incrementAndGet);
        deleteTopic("reborn");
        assertThat(port().partition("reborn", 0)).isEmpty();
        assertThat(port().partition(id, 0)).isEmpty();
        await().untilAtomic(woken, Matchers.equalTo(1));
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, () -> gone.read(request(0, 100)));
        assertThatThrownBy(() ->
                        gone.append(batch(0, 1), AppendOptions.CLIENT).durable().join())
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        TopicId namesake = createTopic("reborn");
        assertThat(namesake).isNotEqualTo(id);
        PartitionPort fresh = port().partition("reborn", 0).orElseThrow();
        assertThat(fresh.offsets().logEnd()).isZero();
        assertThat(append(fresh, 0, 1).baseOffset()).isZero();
    }

    // ---- transactions

    @Test
    void shouldShowATransactionToReadersOfCommittedDataWhenItIsOver() throws IOException {
        PartitionPort partition = partition("transactional");
        ProducerIdentity producer = port().transactions().initProducerId(init()).join();
        write(partition, producer);
        await().until(() -> partition.offsets().highWatermark() == 1);
        assertThat(partition.offsets().lastStable()).isZero();
        assertThat(partition
                        .read(new ReadRequest(0, 1 << 20, true, Bound.COMMITTED))
                        .slices())
                .isEmpty();

        ProducerIdentity next = port().transactions()
                .end(new EndRequest("contract", producer, true, 2))
                .join();

        await().until(() -> partition.offsets().lastStable() == 2);
        assertThat(next.epoch()).isEqualTo((short) (producer.epoch() + 1));
        write(partition, next);
        assertRefused(ErrorCode.INVALID_PRODUCER_EPOCH, () -> write(partition, producer));
    }

    @Test
    void shouldRefuseAWriteThatNobodyHasAddedToItsTransaction() {
        PartitionPort partition = partition("unasked");
        ProducerIdentity producer = port().transactions().initProducerId(init()).join();
        assertRefused(ErrorCode.INVALID_TXN_STATE, () -> appendIn(partition, producer, AppendOptions.inTransaction()));
    }

    @Test
    void shouldCommitPositionsWhenTheTransactionCommits() {
        PartitionPort partition = partition("positions");
        ProducerIdentity producer = port().transactions().initProducerId(init()).join();
        GroupOffsets.Key key = new GroupOffsets.Key(partition.topic(), 0);
        CommitRequest commit = new CommitRequest(
                new GroupOffsets.Committer("contract", "", Optional.empty(), -1),
                Map.of(
                        key,
                        new CommitRequest.Commit(
                                partition.id().topicId(), new GroupOffsets.Position(7, OptionalInt.empty(), ""))),
                OptionalLong.empty());
        assertThat(port().transactions()
                        .commitOffsets("contract", producer, commit, 2)
                        .join())
                .containsExactly(Map.entry(key, Optional.empty()));
        assertThat(port().groupOffsets().fetchAll("contract").join()).isEmpty();
        var _ = port().transactions()
                .end(new EndRequest("contract", producer, true, 2))
                .join();
        await().until(() -> port().groupOffsets().fetchAll("contract").join().containsKey(key));
    }

    private static InitRequest init() {
        return new InitRequest("contract", 60_000, Optional.empty());
    }

    /** As a producer of version 2 does: guard, add, append. */
    private void write(PartitionPort partition, ProducerIdentity producer) {
        Optional<TransactionGuard> guard = partition.guardTransaction(producer.producerId(), producer.epoch(), 0, true);
        TransactionPartition added = new TransactionPartition(partition.id().topicId(), partition.topic(), 0);
        try {
            var _ = port().transactions()
                    .addPartitions(new AddRequest("contract", producer, Set.of(added), false, 2))
                    .join();
        } catch (CompletionException e) {
            // Whoever is fenced hears it from the partition.
        }
        appendIn(partition, producer, guard.map(AppendOptions::inTransaction).orElseGet(AppendOptions::inTransaction));
    }

    private static void appendIn(PartitionPort partition, ProducerIdentity producer, AppendOptions options) {
        ByteBuffer batch = new RecordBatchBuilder()
                .producer(producer.producerId(), producer.epoch(), 0)
                .transactional(true)
                .add(START_MS, ByteBuffer.wrap("value".getBytes(StandardCharsets.UTF_8)))
                .build();
        try {
            var _ = partition.append(batch, options).durable().join();
        } catch (CompletionException e) {
            throw (MillraceException) e.getCause();
        }
    }

    private PartitionPort partition(String topic) {
        createTopic(topic);
        return port().partition(topic, 0).orElseThrow();
    }

    private static AppendResult append(PartitionPort partition, long afterStartMs, int recordsCount) {
        try {
            return partition
                    .append(batch(afterStartMs, recordsCount), AppendOptions.CLIENT)
                    .durable()
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError("refused", e.getCause());
        }
    }

    private static ByteBuffer batch(long afterStartMs, int recordsCount) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < recordsCount; i++) {
            builder.add(START_MS + afterStartMs + i, ByteBuffer.wrap(("record " + i).getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    private static ReadRequest request(long offset, int maxSizeBytes) {
        return new ReadRequest(offset, maxSizeBytes, true, Bound.DURABLE);
    }

    private static List<Long> baseOffsets(ReadResult result) throws IOException {
        List<Long> offsets = new ArrayList<>();
        for (Slice slice : result.slices()) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            slice.copyTo(bytes);
            for (int position = 0; position < bytes.position(); position += BatchHeader.sizeBytes(bytes, position)) {
                offsets.add(BatchHeader.baseOffset(bytes, position));
            }
        }
        return offsets;
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
