package dev.millrace.wire.net;

import dev.millrace.base.Check;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** The bytes of one request as they were received, and its share of memory. Released exactly once, on any thread. */
final class Frame implements Runnable {

    private final ByteBuf buffer;
    private final ByteBuffer bytes;
    private final RequestMemory.Share share;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Takes over one reference to {@code buffer}, and the share. */
    Frame(ByteBuf buffer, int position, int sizeBytes, RequestMemory.Share share) {
        this.buffer = buffer;
        this.bytes = buffer.nioBuffer(position, sizeBytes);
        this.share = share;
    }

    /** From the API key on, without the size. Its position moves as it is read. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Gives the bytes back. */
    @Override
    public void run() {
        Check.that(released.compareAndSet(false, true), "a frame is released once");
        buffer.release();
        share.release();
    }
}
