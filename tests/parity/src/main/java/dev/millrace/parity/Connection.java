package dev.millrace.parity;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * One socket to a broker on 127.0.0.1. It sends what it is told, right or wrong, and receives answers in the order of the requests.
 * Not thread-safe.
 */
final class Connection implements AutoCloseable {
    static final String CLIENT_ID = "parity";

    private static final int ANSWER_TIMEOUT_MS = 15_000;

    private final Socket socket;
    private final DataInputStream in;
    private final Queue<Sent> unanswered = new ArrayDeque<>();
    private int correlationIdNext = 1;

    private record Sent(ApiKeys api, short version, int correlationId) {}

    Connection(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_TIMEOUT_MS);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("no broker on 127.0.0.1:" + port, e);
        }
    }

    /** Sends a request whose answer {@link #receive} will give. */
    void send(ApiMessage request, int version) {
        sendUnanswered(request, version);
        unanswered.add(new Sent(ApiKeys.forId(request.apiKey()), (short) version, correlationIdNext - 1));
    }

    /** Sends a request that gets no answer, such as Produce with acks=0. */
    void sendUnanswered(ApiMessage request, int version) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        RequestHeaderData header = header(api.id, version);
        sendFrame(RequestUtils.serialize(header, api.requestHeaderVersion((short) version), request, (short) version));
    }

    /** Sends a header that claims any key and version, followed by {@code body}; answers are read as version {@code answerVersion} of the key. */
    void sendRaw(ApiKeys api, int version, int headerVersion, byte[] body, int answerVersion) {
        RequestHeaderData header = header(api.id, version);
        var sizes = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(header.size(sizes, (short) headerVersion) + body.length);
        header.write(new ByteBufferAccessor(bytes), sizes, (short) headerVersion);
        sendFrame(bytes.put(body).flip());
        unanswered.add(new Sent(api, (short) answerVersion, correlationIdNext - 1));
    }

    private RequestHeaderData header(short key, int version) {
        return new RequestHeaderData()
                .setRequestApiKey(key)
                .setRequestApiVersion((short) version)
                .setClientId(CLIENT_ID)
                .setCorrelationId(correlationIdNext++);
    }

    private void sendFrame(ByteBuffer bytes) {
        try {
            byte[] frame = new byte[Integer.BYTES + bytes.remaining()];
            ByteBuffer.wrap(frame).putInt(bytes.remaining()).put(bytes);
            socket.getOutputStream().write(frame);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send", e);
        }
    }

    /** The answer to the oldest unanswered request, or nothing when the broker closed the connection instead. */
    Optional<ApiMessage> receive() {
        Sent sent = unanswered.remove();
        try {
            ByteBuffer frame = ByteBuffer.allocate(in.readInt());
            in.readFully(frame.array());
            return Optional.of(parse(sent, frame));
        } catch (EOFException | SocketException _) {
            return Optional.empty();
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException("no answer within " + ANSWER_TIMEOUT_MS + " ms to " + sent, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot receive the answer to " + sent, e);
        }
    }

    private static ApiMessage parse(Sent sent, ByteBuffer frame) {
        ByteBufferAccessor readable = new ByteBufferAccessor(frame);
        var header = new ResponseHeaderData(readable, sent.api().responseHeaderVersion(sent.version()));
        if (header.correlationId() != sent.correlationId()) {
            throw new IllegalStateException(sent + " was answered with correlation id " + header.correlationId());
        }
        ApiMessage answer = ApiMessageType.fromApiKey(sent.api().id).newResponse();
        answer.read(readable, sent.version());
        if (frame.hasRemaining()) {
            throw new IllegalStateException(sent + ": the answer has " + frame.remaining() + " bytes too many");
        }
        return answer;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close", e);
        }
    }
}
