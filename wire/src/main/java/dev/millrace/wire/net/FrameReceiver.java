package dev.millrace.wire.net;

import dev.millrace.base.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream of one connection into frames, and is itself what Netty asks for a buffer before each read: so a large
 * frame is read from the socket straight to where it stays.
 *
 * <pre>
 *   int32 size | size bytes: header and body of a request
 * </pre>
 *
 * <p>Reads go to a small buffer first; many small requests come in one read, and each frame is a piece of that buffer, not a copy. A frame that
 * does not fit into it gets a buffer of its own, of exactly its size up to {@link #FIRST_STEP_BYTES}; beyond, the buffer grows as bytes
 * come in: a client pays for memory with bytes that it has sent, not with a size that it has claimed.
 *
 * <p>Used on the event loop alone. Between reads an idle connection holds no buffer.
 */
final class FrameReceiver implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

    static final int SMALL_BUFFER_BYTES = 16 * 1024;
    /** Above the client's default {@code max.request.size}, so that usual requests are never copied. */
    static final int FIRST_STEP_BYTES = 1_114_112;

    private static final int GROWTH_FACTOR = 4;
    private static final int SIZE_FIELD_BYTES = 4;
    /** What the objects of a small request cost beside its bytes. */
    private static final int OVERHEAD_BYTES = 1024;
    /** After so much from one connection the others have their turn. */
    private static final int BURST_BYTES = 2 * 1024 * 1024;

    private final ByteBufAllocator allocator;
    private final int frameMaxBytes;
    private final RequestMemory memory;

    private @Nullable ByteBuf small;
    private int smallPosition;
    private @Nullable ByteBuf large;
    private int largeSizeBytes;
    private RequestMemory.Share largeShare;
    private long awaitedBytes;

    private int attemptedBytes;
    private int lastBytes;
    private long burstBytes;
    private @Nullable ChannelConfig config;

    FrameReceiver(ByteBufAllocator allocator, int frameMaxBytes, RequestMemory memory) {
        this.allocator = allocator;
        this.frameMaxBytes = frameMaxBytes;
        this.memory = memory;
        this.largeShare = memory.share();
    }

    /** The memory without which {@link #next} cannot go on; 0 if it only waits for the client. */
    long awaitedBytes() {
        return awaitedBytes;
    }

    /** Whether bytes of a frame are here that cannot be handled yet, so that memory depends on the client's going on. */
    boolean holdsPartOfLargeFrame() {
        return large != null;
    }

    /** The next whole frame; empty if it is not here yet. The caller releases it. */
    Optional<Frame> next() throws MalformedRequest {
        awaitedBytes = 0;
        if (large == null && !takeSmall()) {
            return nextSmall();
        }
        ByteBuf buffer = large;
        if (buffer == null) {
            return Optional.empty();
        }
        if (buffer.writerIndex() < largeSizeBytes) {
            if (!buffer.isWritable()) {
                growLarge(buffer);
            }
            return Optional.empty();
        }
        Frame frame = new Frame(buffer, 0, largeSizeBytes, largeShare);
        large = null;
        return Optional.of(frame);
    }

    /** Moves the frame at hand to a buffer of its own if it cannot be completed in the small one. */
    private boolean takeSmall() throws MalformedRequest {
        ByteBuf buffer = small;
        if (buffer == null || buffer.writerIndex() - smallPosition < SIZE_FIELD_BYTES) {
            return false;
        }
        int sizeBytes = buffer.getInt(smallPosition);
        if (sizeBytes < 0 || sizeBytes > frameMaxBytes) {
            throw new MalformedRequest(
                    "a frame of " + sizeBytes + " bytes; socket.request.max.bytes is " + frameMaxBytes);
        }
        int start = smallPosition + SIZE_FIELD_BYTES;
        int presentBytes = buffer.writerIndex() - start;
        if (presentBytes >= sizeBytes || start + sizeBytes <= buffer.capacity()) {
            return false;
        }
        int firstBytes = Math.min(sizeBytes, FIRST_STEP_BYTES);
        largeShare = memory.share();
        if (!largeShare.tryGrow(firstBytes)) {
            awaitedBytes = firstBytes;
            return false;
        }
        ByteBuf own = allocator.directBuffer(firstBytes, firstBytes);
        own.writeBytes(buffer, start, presentBytes);
        large = own;
        largeSizeBytes = sizeBytes;
        dropSmall();
        return true;
    }

    private Optional<Frame> nextSmall() {
        ByteBuf buffer = small;
        if (buffer == null || awaitedBytes > 0) {
            return Optional.empty();
        }
        int presentBytes = buffer.writerIndex() - smallPosition;
        if (presentBytes == 0) {
            dropSmall();
            return Optional.empty();
        }
        if (presentBytes < SIZE_FIELD_BYTES) {
            if (buffer.capacity() - smallPosition < SIZE_FIELD_BYTES) {
                moveTail(buffer, presentBytes);
            }
            return Optional.empty();
        }
        int sizeBytes = buffer.getInt(smallPosition);
        if (presentBytes - SIZE_FIELD_BYTES < sizeBytes) {
            return Optional.empty();
        }
        RequestMemory.Share share = memory.reserve((long) sizeBytes + OVERHEAD_BYTES);
        Frame frame = new Frame(buffer.retain(), smallPosition + SIZE_FIELD_BYTES, sizeBytes, share);
        smallPosition += SIZE_FIELD_BYTES + sizeBytes;
        return Optional.of(frame);
    }

    private void moveTail(ByteBuf full, int tailBytes) {
        ByteBuf fresh = allocator.directBuffer(SMALL_BUFFER_BYTES, SMALL_BUFFER_BYTES);
        fresh.writeBytes(full, smallPosition, tailBytes);
        dropSmall();
        small = fresh;
    }

    private void growLarge(ByteBuf full) {
        int grownBytes = (int) Math.min(largeSizeBytes, (long) full.capacity() * GROWTH_FACTOR);
        if (!largeShare.tryGrow(grownBytes)) {
            awaitedBytes = grownBytes;
            return;
        }
        ByteBuf grown = allocator.directBuffer(grownBytes, grownBytes);
        grown.writeBytes(full);
        largeShare.shrink(full.capacity());
        full.release();
        large = grown;
    }

    private void dropSmall() {
        if (small != null) {
            small.release();
            small = null;
        }
        smallPosition = 0;
    }

    /** Gives back everything: the connection is gone. */
    void close() {
        dropSmall();
        if (large != null) {
            large.release();
            large = null;
            largeShare.release();
        }
    }

    // What Netty asks around each read. The channel releases or hands over what `allocate` gave, so each call gives a
    // reference of its own.

    @Override
    @SuppressWarnings("deprecation") // The older of the two interfaces is what newHandle() is declared with.
    public RecvByteBufAllocator.Handle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator ignored) {
        if (large != null) {
            return large.retain();
        }
        if (small == null) {
            small = allocator.directBuffer(SMALL_BUFFER_BYTES, SMALL_BUFFER_BYTES);
            smallPosition = 0;
        }
        return small.retain();
    }

    /** What was read is in the buffer that {@link #allocate} gave: only the extra reference goes back. */
    @SuppressWarnings("ReferenceEquality") // The same buffer, not one with the same bytes.
    void received(Object buffer) {
        Check.that(buffer == large || buffer == small, "bytes arrive where they were asked for");
        ((ByteBuf) buffer).release();
    }

    /** After the last read of a burst: an idle connection holds no buffer. */
    void burstEnded() {
        if (small != null && smallPosition == small.writerIndex()) {
            dropSmall();
        }
    }

    @Override
    public int guess() {
        return SMALL_BUFFER_BYTES;
    }

    @Override
    public void reset(ChannelConfig config) {
        this.config = config;
        burstBytes = 0;
    }

    @Override
    public void incMessagesRead(int count) {
        // Bursts are bounded by bytes.
    }

    @Override
    public void lastBytesRead(int bytes) {
        lastBytes = bytes;
        if (bytes > 0) {
            burstBytes += bytes;
        }
    }

    @Override
    public int lastBytesRead() {
        return lastBytes;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
        attemptedBytes = bytes;
    }

    @Override
    public int attemptedBytesRead() {
        return attemptedBytes;
    }

    @Override
    public boolean continueReading() {
        return continueReading(() -> attemptedBytes == lastBytes);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreDataSupplier) {
        // A connection that has stopped reading has no room in its buffer either.
        return lastBytes > 0
                && burstBytes < BURST_BYTES
                && config != null
                && config.isAutoRead()
                && maybeMoreDataSupplier.get();
    }

    @Override
    public void readComplete() {
        // Nothing to learn from a burst: the frames themselves say how much to read.
    }
}
