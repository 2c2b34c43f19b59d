package dev.millrace.wire.net;

/** What a client sent is no request that we can answer: its connection is closed. Costs no stack trace. */
final class MalformedRequest extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedRequest(String what) {
        super(what, null, false, false);
    }

    static String reason(Throwable failure) {
        return failure instanceof MalformedRequest ? String.valueOf(failure.getMessage()) : failure.toString();
    }
}
