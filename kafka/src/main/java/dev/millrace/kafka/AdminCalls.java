package dev.millrace.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/** Kafka's admin client, with its futures awaited and its failures put into words. */
record AdminCalls(Admin admin, String bootstrap) {

    /**
     * Waits for an answer.
     *
     * @param subject what the call is about, for the message: {@code topic "flights"}
     */
    <T> T await(KafkaFuture<T> answer, String subject) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw Failures.explain(e.getCause() == null ? e : e.getCause(), subject, bootstrap);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while waiting for " + bootstrap, e);
        }
    }
}
