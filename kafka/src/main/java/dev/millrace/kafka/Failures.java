package dev.millrace.kafka;

import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** The one place where failures of Kafka's client become sentences. */
final class Failures {

    private Failures() {}

    static ClusterException explain(Throwable failure, String subject, String bootstrap) {
        return new ClusterException(sentence(failure, subject, bootstrap), failure);
    }

    private static String sentence(Throwable failure, String subject, String bootstrap) {
        return switch (failure) {
            case ClusterException e -> String.valueOf(e.getMessage());
            case UnknownTopicOrPartitionException _ ->
                subject + " does not exist at " + bootstrap + ". \"millrace topic list\" shows what there is.";
            case TopicExistsException _ -> subject + " exists already at " + bootstrap + ".";
            case GroupIdNotFoundException _ ->
                subject + " does not exist at " + bootstrap + ". \"millrace group list\" shows what there is.";
            case GroupNotEmptyException _ -> subject + " has members that are running: stop them first.";
            case GroupAuthorizationException _ -> "not allowed to use " + subject + " at " + bootstrap + ".";
            case UnsupportedVersionException e ->
                "the server at " + bootstrap + " is too old for this, or does not offer it: " + e.getMessage();
            case TimeoutException e ->
                "no answer from " + bootstrap + " about " + subject + " (" + e.getMessage()
                        + "). Something listens there: is it Kafka's port, and can the address that it advertises"
                        + " (advertised.listeners) be reached from here?";
            default -> subject + ": " + messageOf(failure);
        };
    }

    private static String messageOf(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
