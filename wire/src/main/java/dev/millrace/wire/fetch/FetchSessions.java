package dev.millrace.wire.fetch;

import dev.millrace.base.time.Clock;
import dev.millrace.wire.RequestContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * All fetch sessions (KIP-227), at most {@code max.incremental.fetch.session.cache.slots} of them, and of a bounded number of partitions in
 * all. Thread-safe; each session is used by its own connection alone.
 *
 * <p>When there is no room, a session that was idle for two minutes goes; else one that is older than that and smaller than the new
 * one; else the new client gets none, and names all its partitions each time.
 */
public final class FetchSessions {

    private static final long EVICTION_MS = 120_000;
    private static final int PARTITIONS_MAX = 1_000_000;
    private static final short TOPIC_IDS_MIN_VERSION = 13;

    private final int slots;
    private final Clock clock;
    private final RandomGenerator random;
    private final ConcurrentHashMap<Integer, FetchSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong partitions = new AtomicLong();

    /** Takes {@code max.incremental.fetch.session.cache.slots}, and a source of session ids that is safe to share between threads. */
    public FetchSessions(int slots, Clock clock, RandomGenerator random) {
        this.slots = slots;
        this.clock = clock;
        this.random = random;
    }

    /** Sessions that are kept now. */
    public int size() {
        return sessions.size();
    }

    /** Finds out what a request asks for, in or outside a session. */
    FetchScope scope(FetchRequestData request, RequestContext context) {
        int epoch = request.sessionEpoch();
        boolean full = epoch == FetchMetadata.INITIAL_EPOCH || epoch == FetchMetadata.FINAL_EPOCH;
        return full ? full(request, context) : incremental(request, context);
    }

    private FetchScope full(FetchRequestData request, RequestContext context) {
        if (request.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            remove(request.sessionId());
        }
        boolean byTopicId = context.apiVersion() >= TOPIC_IDS_MIN_VERSION;
        Map<FetchKey, FetchTarget> targets = FetchSession.targets(request, byTopicId);
        if (request.sessionEpoch() == FetchMetadata.FINAL_EPOCH || targets.isEmpty()) {
            return new FetchScope.Full(List.copyOf(targets.values()), Optional.empty());
        }
        return new FetchScope.Full(List.copyOf(targets.values()), create(context.connectionId(), byTopicId, targets));
    }

    private FetchScope incremental(FetchRequestData request, RequestContext context) {
        FetchSession session = sessions.get(request.sessionId());
        if (session == null || session.connectionId() != context.connectionId()) {
            return new FetchScope.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.nextEpoch() != request.sessionEpoch()) {
            return new FetchScope.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.byTopicId() != context.apiVersion() >= TOPIC_IDS_MIN_VERSION) {
            return new FetchScope.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        int sizeBefore = session.size();
        session.update(request, clock.monotonicNs() / 1_000_000);
        if (sessions.get(session.id()) == session) {
            partitions.addAndGet(session.size() - (long) sizeBefore);
        }
        if (session.size() == 0) {
            remove(session.id());
            return new FetchScope.Full(session.targets(), Optional.empty());
        }
        if (partitions.get() > PARTITIONS_MAX) {
            remove(session.id());
            return new FetchScope.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        return new FetchScope.Incremental(session, session.targets());
    }

    private Optional<FetchSession> create(long connectionId, boolean byTopicId, Map<FetchKey, FetchTarget> targets) {
        long nowMs = clock.monotonicNs() / 1_000_000;
        if (!hasRoomFor(targets.size()) && !evictFor(targets.size(), nowMs)) {
            return Optional.empty();
        }
        while (true) {
            int id = random.nextInt(1, Integer.MAX_VALUE);
            FetchSession session = new FetchSession(id, connectionId, byTopicId, nowMs, targets);
            if (sessions.putIfAbsent(id, session) == null) {
                partitions.addAndGet(session.size());
                return Optional.of(session);
            }
        }
    }

    private boolean hasRoomFor(int size) {
        return sessions.size() < slots && partitions.get() + size <= PARTITIONS_MAX;
    }

    private boolean evictFor(int size, long nowMs) {
        new ArrayList<>(sessions.values())
                .stream()
                        .filter(session -> nowMs - session.lastUsedMs() > EVICTION_MS
                                || (nowMs - session.createdMs() > EVICTION_MS && session.size() < size))
                        .min(Comparator.comparingLong(FetchSession::lastUsedMs))
                        .ifPresent(session -> remove(session.id()));
        return hasRoomFor(size);
    }

    private void remove(int id) {
        FetchSession removed = sessions.remove(id);
        if (removed != null) {
            partitions.addAndGet(-removed.size());
        }
    }
}
