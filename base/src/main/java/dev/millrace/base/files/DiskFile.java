package dev.millrace.base.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** A file behind a {@link FileChannel}. */
final class DiskFile implements StoreFile {

    private static final int CHUNK_SIZE_BYTES = 256 * 1024;

    private final Path path;
    private final FileChannel channel;
    private final PageCache residency;

    /** Where the channel's own cursor stands, for gather writes alone: they cannot be positional. Touched by the writer. */
    private long cursor;

    DiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
        this.residency = new PageCache(path, channel);
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int readBytes = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + readBytes);
            if (count < 0) {
                break;
            }
            readBytes += count;
        }
        return readBytes;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        if (cursor != position) {
            channel.position(position);
            cursor = position;
        }
        int first = 0;
        while (true) {
            while (first < sources.length && !sources[first].hasRemaining()) {
                first++;
            }
            if (first == sources.length) {
                return;
            }
            try {
                cursor += channel.write(sources, first, sources.length - first);
            } catch (IOException e) {
                cursor = -1; // Unknown: the next gather write sets it anew.
                throw e;
            }
        }
    }

    @Override
    public void preallocate(long sizeBytes) throws IOException {
        long at = channel.size();
        if (at >= sizeBytes) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer zeros = arena.allocate(Math.min(CHUNK_SIZE_BYTES, sizeBytes - at), 4096)
                    .asByteBuffer();
            while (at < sizeBytes) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), sizeBytes - at));
                at += channel.write(zeros, at);
            }
        }
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        channel.truncate(sizeBytes);
        cursor = -1; // Truncating moves the channel's cursor when it stood behind the new end.
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public boolean isResident(long position, int sizeBytes) {
        return residency.isResident(position, sizeBytes);
    }

    @Override
    public void load(long position, int sizeBytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer scratch = arena.allocate(Math.clamp(sizeBytes, 1, CHUNK_SIZE_BYTES), 4096)
                    .asByteBuffer();
            long end = position + sizeBytes;
            for (long at = position; at < end; ) {
                int wanted = (int) Math.min(scratch.capacity(), end - at);
                scratch.clear().limit(wanted);
                if (read(scratch, at) < wanted) {
                    return;
                }
                at += wanted;
            }
        }
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.of(channel);
    }

    @Override
    public void close() throws IOException {
        residency.close();
        channel.close();
    }
}
