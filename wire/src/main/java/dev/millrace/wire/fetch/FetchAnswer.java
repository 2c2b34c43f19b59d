package dev.millrace.wire.fetch;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.requests.FetchMetadata;

/** Tells what was fetched: everything, or within a session only what is news. */
final class FetchAnswer {

    private final FetchScope scope;

    FetchAnswer(FetchScope scope) {
        this.scope = scope;
    }

    FetchResponseData build(List<FetchedPartition> fetched) {
        return switch (scope) {
            case FetchScope.Full full -> {
                fetched.forEach(partition -> partition.target().told(partition.data()));
                yield response(full.session().map(FetchSession::id).orElse(FetchMetadata.INVALID_SESSION_ID), fetched);
            }
            case FetchScope.Incremental incremental -> incremental(incremental.session(), fetched);
            case FetchScope.Refused refused ->
                new FetchResponseData().setErrorCode(refused.error().code());
        };
    }

    private static FetchResponseData incremental(FetchSession session, List<FetchedPartition> fetched) {
        List<FetchedPartition> news = new ArrayList<>();
        List<FetchTarget> served = new ArrayList<>();
        for (FetchedPartition partition : fetched) {
            if (partition.target().isNews(partition.data())) {
                partition.target().told(partition.data());
                news.add(partition);
                if (partition.sizeBytes() > 0) {
                    served.add(partition.target());
                }
            }
        }
        session.rotate(served);
        return response(session.id(), news);
    }

    private static FetchResponseData response(int sessionId, List<FetchedPartition> partitions) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        FetchKey previous = null;
        for (FetchedPartition partition : partitions) {
            FetchKey key = partition.target().key();
            if (previous == null || !previous.sameTopic(key)) {
                topics.add(new FetchableTopicResponse()
                        .setTopic(key.topic())
                        .setTopicId(key.topicId())
                        .setPartitions(new ArrayList<>()));
                previous = key;
            }
            topics.getLast().partitions().add(partition.data());
        }
        return new FetchResponseData().setSessionId(sessionId).setResponses(topics);
    }
}
