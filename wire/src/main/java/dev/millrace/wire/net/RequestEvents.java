package dev.millrace.wire.net;

import dev.millrace.base.time.Clock;
import org.jspecify.annotations.Nullable;

/** Writes {@link RequestAnswered} events when a recording asks for them; otherwise does nothing and allocates nothing. */
final class RequestEvents {

    private final Clock clock;

    RequestEvents(Clock clock) {
        this.clock = clock;
    }

    @Nullable
    RequestAnswered begin(InFlight request, int sizeBytes) {
        RequestAnswered event = new RequestAnswered();
        if (!event.isEnabled()) {
            return null;
        }
        event.api = request.key().name;
        event.apiVersion = request.apiVersion();
        event.connectionId = request.connectionId();
        event.requestSizeBytes = sizeBytes;
        event.handledNs = clock.monotonicNs();
        event.answeredNs = event.handledNs;
        event.begin();
        return event;
    }

    void handled(@Nullable RequestAnswered event) {
        if (event != null) {
            event.handledNs = clock.monotonicNs() - event.handledNs;
        }
    }

    void answered(@Nullable RequestAnswered event) {
        if (event != null) {
            event.answeredNs = clock.monotonicNs() - event.answeredNs;
            event.commit();
        }
    }
}
