package dev.millrace.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Memory that the machine has not backed yet makes the first writes to the page cache several times slower: it is touched beforehand. */
final class PageCache {
    private PageCache() {}

    /** Writes this many bytes to a file, and deletes it. */
    static void warm(long sizeBytes) throws IOException {
        Path file = Files.createTempFile("bench-warm", ".bin");
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long written = 0; written < sizeBytes; written += chunk.capacity()) {
                channel.write(chunk.clear());
            }
        } finally {
            Files.delete(file);
        }
    }
}
