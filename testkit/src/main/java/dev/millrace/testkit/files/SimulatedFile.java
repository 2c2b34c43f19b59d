package dev.millrace.testkit.files;

import dev.millrace.base.files.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.util.Optional;

/** An open file of a {@link SimulatedFileStore}, whose monitor guards everything here. */
final class SimulatedFile implements StoreFile {

    private final SimulatedFileStore store;
    private final Path path;
    private final FileContent content;
    private final boolean readOnly;
    private final int boot;
    private boolean closed;

    SimulatedFile(SimulatedFileStore store, Path path, FileContent content, boolean readOnly, int boot) {
        this.store = store;
        this.path = path;
        this.content = content;
        this.readOnly = readOnly;
        this.boot = boot;
    }

    FileContent content() {
        return content;
    }

    /** Which life of the machine it was opened in. */
    int boot() {
        return boot;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() throws IOException {
        synchronized (store) {
            checkReadable();
            return content.sizeBytes();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        synchronized (store) {
            checkReadable();
            return content.read(target, position);
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        synchronized (store) {
            checkWritable();
            store.write(this, source, position);
        }
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        long at = position;
        for (ByteBuffer source : sources) {
            int sizeBytes = source.remaining();
            write(source, at);
            at += sizeBytes;
        }
    }

    @Override
    public void preallocate(long sizeBytes) throws IOException {
        synchronized (store) {
            checkWritable();
            if (sizeBytes > content.sizeBytes()) {
                store.extend(this, sizeBytes);
            }
        }
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        synchronized (store) {
            checkWritable();
            store.truncate(this, sizeBytes);
        }
    }

    @Override
    public void sync() throws IOException {
        synchronized (store) {
            checkOpen();
            store.sync(this);
        }
    }

    @Override
    public boolean isResident(long position, int sizeBytes) {
        synchronized (store) {
            return store.isResident();
        }
    }

    @Override
    public void load(long position, int sizeBytes) throws IOException {
        synchronized (store) {
            checkReadable();
        }
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.empty();
    }

    @Override
    public void close() {
        synchronized (store) {
            closed = true;
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void checkReadable() throws IOException {
        checkOpen();
        store.read(this);
    }

    private void checkWritable() throws IOException {
        checkOpen();
        if (readOnly) {
            throw new NonWritableChannelException();
        }
    }
}
