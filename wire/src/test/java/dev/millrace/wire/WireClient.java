package dev.millrace.wire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** A client of one connection that sends and receives exactly what a test says. Not thread-safe. */
@SuppressWarnings(
        "TypeParameterUnusedInFormals") // The answer's type follows from the key, which the compiler cannot see.
public final class WireClient implements AutoCloseable {

    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int nextCorrelationId = 1;

    private WireClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    public static WireClient connect(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            return new WireClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request and waits for its answer. */
    public <R extends ApiMessage> R call(ApiKeys key, short version, ApiMessage request) throws IOException {
        return receive(key, version, send(key, version, request));
    }

    /** As the other, in the newest version. */
    public <R extends ApiMessage> R call(ApiKeys key, ApiMessage request) throws IOException {
        return call(key, key.latestVersion(), request);
    }

    /**
     * Sends a request without waiting.
     *
     * @return its correlation id
     */
    public int send(ApiKeys key, short version, ApiMessage request) throws IOException {
        int correlationId = nextCorrelationId++;
        out.write(frame(key, version, correlationId, request));
        out.flush();
        return correlationId;
    }

    /** The bytes of a request, with the size in front. */
    public static byte[] frame(ApiKeys key, short version, int correlationId, ApiMessage request) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId("test-client");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        ByteBuffer whole = ByteBuffer.allocate(4 + head.remaining() + body.remaining());
        whole.putInt(head.remaining() + body.remaining()).put(head).put(body);
        return whole.array();
    }

    /** Sends a header that need not make sense (with client id null), and bytes behind it. */
    public void sendRaw(short apiKey, short version, int correlationId, byte[] rest) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(4 + 10 + rest.length);
        frame.putInt(10 + rest.length)
                .putShort(apiKey)
                .putShort(version)
                .putInt(correlationId)
                .putShort((short) -1);
        sendBytes(frame.put(rest).array());
    }

    public void sendBytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The next answer, which must be the one to {@code correlationId}. */
    @SuppressWarnings("unchecked")
    public <R extends ApiMessage> R receive(ApiKeys key, short version, int correlationId) throws IOException {
        ByteBufferAccessor readable = new ByteBufferAccessor(receiveFrame());
        ResponseHeaderData header = new ResponseHeaderData(readable, key.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            throw new IOException("answer to request " + header.correlationId() + ", not " + correlationId);
        }
        ApiMessage answer = key.messageType.newResponse();
        answer.read(readable, version);
        if (readable.remaining() != 0) {
            throw new IOException(readable.remaining() + " bytes behind the answer to " + key);
        }
        return (R) answer;
    }

    /** The next answer's bytes, without the size. */
    public ByteBuffer receiveFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    /** Waits for the end of the stream. */
    public boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
