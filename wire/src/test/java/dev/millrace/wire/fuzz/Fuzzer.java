package dev.millrace.wire.fuzz;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A hostile client: sends well-formed and damaged requests, many behind each other on one connection, sometimes stops half way, sometimes
 * does not read its answers. One thread; everything it does follows from its seed.
 *
 * <p>Each connection must end: with the answer to its last request, or closed by the server. Nothing within {@link #PATIENCE_MS} is a stall.
 */
final class Fuzzer {

    static final int PATIENCE_MS = 15_000;

    private static final int LAST_CORRELATION_ID = 0x7ea51a57;
    /** How long an answer is waited for that may rightly not come. */
    private static final int PARKED_MS = 200;

    private static final int BURST_MAX = 100;
    private static final int ANSWER_MAX_BYTES = 64 * 1024 * 1024;

    private final int port;
    private final Random random;
    private final RequestBytes requests;
    /** What the connection at hand was asked, for the message when it stalls. */
    private final List<String> burstKeys = new ArrayList<>();

    private long sent;
    private long answered;
    private long closedByServer;

    Fuzzer(int port, long seed, List<ApiKeys> keys, List<byte[]> topicIds, Payloads payloads) {
        this.port = port;
        this.random = new Random(seed);
        this.requests = new RequestBytes(random, payloads, keys, topicIds);
    }

    long sent() {
        return sent;
    }

    long answered() {
        return answered;
    }

    long closedByServer() {
        return closedByServer;
    }

    /** Sends at least so many requests. */
    void run(long count) throws IOException {
        while (sent < count) {
            connectOnce();
        }
    }

    private void connectOnce() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            boolean complete = sendBurst(socket);
            if (complete) {
                readUntilLast(socket);
            }
        }
    }

    /** Tells whether an end can be expected: not when it stopped half way or walks off without reading. */
    private boolean sendBurst(Socket socket) throws IOException {
        burstKeys.clear();
        int burst = 1 + random.nextInt(BURST_MAX);
        try {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
            for (int n = 0; n < burst; n++) {
                byte[] whole = requests.next(n);
                byte[] frame = mutate(whole.clone());
                sent++;
                burstKeys.add(ByteBuffer.wrap(whole).getShort(4) + "v"
                        + ByteBuffer.wrap(whole).getShort(6));
                if (parks(whole)) {
                    socket.setSoTimeout(PARKED_MS);
                }
                if (random.nextInt(300) == 0) {
                    out.write(frame, 0, random.nextInt(frame.length + 1));
                    out.flush();
                    return false;
                }
                out.write(frame);
                if (ByteBuffer.wrap(frame).getInt(0) != frame.length - 4) {
                    // The server may rightly wait for the rest.
                    out.flush();
                    return false;
                }
                if (!Arrays.equals(frame, whole)) {
                    // The server may close here, and would never look at what follows.
                    break;
                }
            }
            out.write(lastRequest());
            out.flush();
        } catch (IOException e) {
            // Closed by the server while we still wrote.
            closedByServer++;
            return false;
        }
        return random.nextInt(50) > 0;
    }

    private static byte[] lastRequest() {
        return ByteBuffer.allocate(14)
                .putInt(10)
                .putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 0)
                .putInt(LAST_CORRELATION_ID)
                .putShort((short) -1)
                .array();
    }

    private void readUntilLast(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
        try {
            while (true) {
                int sizeBytes = in.readInt();
                if (sizeBytes < 4 || sizeBytes > ANSWER_MAX_BYTES) {
                    throw new IllegalStateException("the server sent an answer of " + sizeBytes + " bytes");
                }
                int correlationId = in.readInt();
                in.skipNBytes(sizeBytes - 4L);
                answered++;
                if (correlationId == LAST_CORRELATION_ID) {
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            if (socket.getSoTimeout() == PARKED_MS) {
                return;
            }
            throw new IllegalStateException(
                    "no answer and no end within " + PATIENCE_MS + " ms to (API keys and versions) " + burstKeys, e);
        } catch (IOException e) {
            closedByServer++;
        }
    }

    /** Most requests stay as they are, so that many come on one connection. */
    private byte[] mutate(byte[] frame) {
        return switch (random.nextInt(100)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> flipped(frame);
            case 8 -> resized(frame);
            case 9 -> relabelled(frame);
            case 10 -> stretched(frame);
            default -> frame;
        };
    }

    private byte[] flipped(byte[] frame) {
        int changes = 1 + random.nextInt(3);
        for (int n = 0; n < changes; n++) {
            frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt();
        }
        return mayWait(frame) ? lastRequest() : frame;
    }

    /** A damaged Fetch may wait for weeks: that would look like a stall. */
    private static boolean mayWait(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(4) == ApiKeys.FETCH.id || parks(frame);
    }

    /** Groups let a member wait for others, rightly. */
    private static boolean parks(byte[] frame) {
        short key = ByteBuffer.wrap(frame).getShort(4);
        return key == ApiKeys.JOIN_GROUP.id || key == ApiKeys.SYNC_GROUP.id;
    }

    private byte[] resized(byte[] frame) {
        int[] sizes = {-1, 0, 1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE, 200_000_000, frame.length, frame.length - 5};
        ByteBuffer.wrap(frame).putInt(0, sizes[random.nextInt(sizes.length)]);
        return frame;
    }

    private byte[] relabelled(byte[] frame) {
        ByteBuffer.wrap(frame).putShort(4, (short) random.nextInt(-2, 100)).putShort(6, (short) random.nextInt(-2, 30));
        return mayWait(frame) ? lastRequest() : frame;
    }

    /** Bytes behind the body, or a body that ends early, in a frame whose size is right. */
    private byte[] stretched(byte[] frame) {
        byte[] other = Arrays.copyOf(frame, Math.max(4, frame.length + random.nextInt(-20, 20)));
        ByteBuffer.wrap(other).putInt(0, other.length - 4);
        return other;
    }
}
