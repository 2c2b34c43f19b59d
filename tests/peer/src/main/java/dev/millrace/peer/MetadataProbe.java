package dev.millrace.peer;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Asks a broker for its metadata with bytes made here, so that no client's start-up is measured with it. Metadata version 4, no topics:
 *
 * <pre>
 * int32 size | int16 key 3 | int16 version 4 | int32 correlation | int16 client id null | int32 topics 0 | int8 auto-create 0
 * answer: int32 size | int32 correlation | int32 throttle | int32 brokers …
 * </pre>
 */
final class MetadataProbe {
    private static final int TIMEOUT_MS = 5_000;
    private static final byte[] REQUEST = ByteBuffer.allocate(19)
            .putInt(15)
            .putShort((short) 3)
            .putShort((short) 4)
            .putInt(1)
            .putShort((short) -1)
            .putInt(0)
            .put((byte) 0)
            .array();

    private MetadataProbe() {}

    /** True when the broker on this port answers and knows of at least one broker: itself. */
    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            socket.getOutputStream().write(REQUEST);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return ByteBuffer.wrap(answer).getInt(8) > 0;
        } catch (IOException _) {
            return false;
        }
    }
}
