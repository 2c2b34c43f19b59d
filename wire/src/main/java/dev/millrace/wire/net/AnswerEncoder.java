package dev.millrace.wire.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Writes answers.
 *
 * <pre>
 *   int32 size of what follows | int32 correlation id | header v1: tagged fields (none) | body
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails on a channel comes to Connection#exceptionCaught.
final class AnswerEncoder {

    private static final int SIZE_FIELD_BYTES = 4;
    /** Room for the records that are copied because they are small; the buffer grows if that is not enough. */
    private static final int COPIED_RECORDS_BYTES = 64 * 1024;

    private AnswerEncoder() {}

    /**
     * Hands an answer to the channel, without a flush.
     *
     * @return whether parts of it are sent from files, which the channel's watermarks do not count: then the last write's future is told to
     *     {@code sent}
     */
    static boolean write(ChannelHandlerContext context, InFlight request, ApiMessage body, Runnable sent) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        body.addSize(size, cache, request.apiVersion());
        ApiKeys key = request.key();
        int headerBytes = key.responseHeaderVersion(request.apiVersion()) >= 1 ? 5 : 4;
        int recordsBytes = size.totalSize() - size.sizeExcludingZeroCopy();
        int capacity = SIZE_FIELD_BYTES
                + headerBytes
                + size.sizeExcludingZeroCopy()
                + Math.min(recordsBytes, COPIED_RECORDS_BYTES);
        ByteBuf buffer = allocate(context.alloc(), capacity);
        AnswerWriter writer = new AnswerWriter(buffer);
        try {
            buffer.writeInt(headerBytes + size.totalSize());
            buffer.writeInt(request.correlationId());
            if (headerBytes > 4) {
                buffer.writeByte(0);
            }
            body.write(writer, cache, request.apiVersion());
        } catch (RuntimeException e) {
            writer.cuts().forEach(cut -> ReferenceCountUtil.release(cut.payload()));
            buffer.release();
            throw e;
        }
        if (writer.cuts().isEmpty()) {
            context.write(buffer, context.voidPromise());
            return false;
        }
        writePieces(context, buffer, writer.cuts(), sent);
        return true;
    }

    private static ByteBuf allocate(ByteBufAllocator allocator, int capacity) {
        return allocator.directBuffer(capacity);
    }

    private static void writePieces(
            ChannelHandlerContext context, ByteBuf buffer, List<AnswerWriter.Cut> cuts, Runnable sent) {
        int from = 0;
        for (AnswerWriter.Cut cut : cuts) {
            if (cut.position() > from) {
                context.write(buffer.retainedSlice(from, cut.position() - from), context.voidPromise());
                from = cut.position();
            }
            context.write(cut.payload(), context.voidPromise());
        }
        // Always one more, maybe empty: its future completes when everything before it has been sent.
        context.write(buffer.slice(from, buffer.writerIndex() - from)).addListener(done -> sent.run());
    }
}
