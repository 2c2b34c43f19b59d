package dev.millrace.wire.net;

import dev.millrace.log.Slice;
import dev.millrace.wire.SliceRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Takes the fields of an answer as the generated messages write them, into one buffer; and cuts the stream where records go that need not be copied.
 *
 * <pre>
 *   buffer:   [ size, header, fields ........ ][ fields ... ][ fields ]
 *   cuts:                                     ^             ^
 *   sent:     [ size, header, fields ........ ] slice       [ fields ... ] slice [ fields ]
 * </pre>
 *
 * <p>Small slices are copied: a system call for each costs more than their bytes.
 */
final class AnswerWriter implements Writable {

    /** Below, a slice of a file is copied into the answer; from here on it is sent from the page cache. */
    static final int SENDFILE_MIN_BYTES = 16 * 1024;

    /** A place in the buffer, and what is sent there. The payload is a {@link ByteBuf} or a {@link SegmentRegion}. */
    record Cut(int position, Object payload) {}

    private final ByteBuf buffer;
    private List<Cut> cuts = List.of();

    AnswerWriter(ByteBuf buffer) {
        this.buffer = buffer;
    }

    List<Cut> cuts() {
        return cuts;
    }

    @Override
    public void writeByte(byte value) {
        buffer.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        buffer.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        buffer.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        buffer.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        buffer.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        buffer.writeBytes(bytes);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte(rest);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        buffer.writeBytes(bytes.duplicate());
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            buffer.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        buffer.writeByte((int) rest);
    }

    @Override
    public void writeRecords(BaseRecords records) {
        switch (records) {
            case SliceRecords slices -> slices.slices().forEach(this::writeSlice);
            case MemoryRecords memory -> writeByteBuffer(memory.buffer());
            default -> throw new IllegalArgumentException("records of " + records.getClass() + " cannot be sent");
        }
    }

    private void writeSlice(Slice slice) {
        if (slice.sizeBytes() < SENDFILE_MIN_BYTES) {
            copy(slice);
            return;
        }
        switch (slice) {
            case Slice.InMemory memory -> cut(Unpooled.wrappedBuffer(memory.buffer()));
            case Slice.InFile file -> {
                Optional<FileChannel> channel = file.file().channel();
                if (channel.isPresent()) {
                    cut(new SegmentRegion(channel.get(), file.position(), file.sizeBytes()));
                } else {
                    copy(file);
                }
            }
        }
    }

    private void copy(Slice slice) {
        int sizeBytes = slice.sizeBytes();
        buffer.ensureWritable(sizeBytes);
        try {
            slice.copyTo(buffer.nioBuffer(buffer.writerIndex(), sizeBytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        buffer.writerIndex(buffer.writerIndex() + sizeBytes);
    }

    private void cut(Object payload) {
        if (cuts.isEmpty()) {
            cuts = new ArrayList<>();
        }
        cuts.add(new Cut(buffer.writerIndex(), payload));
    }
}
