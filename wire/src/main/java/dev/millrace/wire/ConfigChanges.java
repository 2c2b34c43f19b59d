package dev.millrace.wire;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigAlteration;
import dev.millrace.control.metadata.ConfigTarget;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;

/**
 * The changes that one request makes to configurations: each resource has an entry in the answer, in order, whether it gets as far as
 * the metadata or not.
 *
 * @param <R> the entry
 */
final class ConfigChanges<R> {

    private final MetadataService metadata;
    private final List<Entry<R>> entries = new ArrayList<>();

    ConfigChanges(MetadataService metadata) {
        this.metadata = metadata;
    }

    private record Entry<R>(R response, Optional<ConfigAlteration> alteration, Optional<MillraceException> refusal) {}

    /** Writes a refusal into an entry. */
    interface Refuse<R> {
        void refuse(R response, Errors error, String message);
    }

    /**
     * Adds a resource.
     *
     * @param alteration makes the change, or throws why there can be none
     */
    void add(R response, Supplier<ConfigAlteration> alteration) {
        try {
            entries.add(new Entry<>(response, Optional.of(alteration.get()), Optional.empty()));
        } catch (MillraceException e) {
            entries.add(new Entry<>(response, Optional.empty(), Optional.of(e)));
        }
    }

    /** Makes the changes, or only validates them; completes with all entries. */
    CompletableFuture<List<R>> apply(boolean validateOnly, Refuse<R> refuse) {
        List<ConfigAlteration> alterations =
                entries.stream().flatMap(entry -> entry.alteration().stream()).toList();
        return metadata.alterConfigs(alterations, validateOnly).thenApply(outcomes -> answer(outcomes, refuse));
    }

    private List<R> answer(List<Outcome<ConfigTarget>> outcomes, Refuse<R> refuse) {
        List<R> responses = new ArrayList<>();
        int answered = 0;
        for (Entry<R> entry : entries) {
            Optional<MillraceException> refusal = entry.refusal();
            if (entry.alteration().isPresent()
                    && outcomes.get(answered++) instanceof Outcome.Refused<ConfigTarget> refused) {
                refusal = Optional.of(refused.failure());
            }
            refusal.ifPresent(failure ->
                    refuse.refuse(entry.response(), ErrorMapping.errors(failure), ErrorMapping.message(failure)));
            responses.add(entry.response());
        }
        return responses;
    }
}
