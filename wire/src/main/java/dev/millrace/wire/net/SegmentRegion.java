package dev.millrace.wire.net;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/**
 * Bytes of a segment on their way out by {@code sendfile}: Netty's epoll transport does that for its own class only.
 *
 * <p>The file stays open: its segment owns it. If the segment is deleted and its file closed before a slow client has read everything, sending
 * fails and the connection is closed: the client sees the answer end, never other bytes.
 */
final class SegmentRegion extends DefaultFileRegion {

    SegmentRegion(FileChannel channel, long position, long sizeBytes) {
        super(channel, position, sizeBytes);
    }

    @Override
    protected void deallocate() {
        // The super class would close the file.
    }
}
