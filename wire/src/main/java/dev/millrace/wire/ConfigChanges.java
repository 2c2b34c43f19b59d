package dev.millrace.wire;

import dev.millrace.base.error.MillraceException;
import dev.millrace.control.metadata.ConfigAlteration;
import dev.millrace.control.metadata.ConfigAlteration.Operation;
import dev.millrace.control.metadata.ConfigTarget;
import dev.millrace.control.metadata.MetadataService;
import dev.millrace.control.metadata.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/**
 * The changes that AlterConfigs and IncrementalAlterConfigs make: each resource has an answer, in order, whether it gets as far as the
 * metadata or not. Stateless.
 */
final class ConfigChanges {

    private final MetadataService metadata;
    private final LoggerChanges loggers;

    ConfigChanges(MetadataService metadata, LoggerLevels loggers) {
        this.metadata = metadata;
        this.loggers = new LoggerChanges(loggers);
    }

    /**
     * What is asked of one resource.
     *
     * @param operations gives them, or throws a {@link MillraceException} that says what is wrong with them
     */
    record Asked(byte type, String name, Supplier<List<Operation>> operations) {}

    /** What became of it; no refusal means done. */
    record Answer(byte type, String name, Optional<MillraceException> refusal) {

        short errorCode() {
            return refusal.map(failure -> ErrorMapping.errors(failure).code()).orElse(Errors.NONE.code());
        }

        /** For a message's nullable field. */
        @SuppressWarnings("NullAway")
        String errorMessage() {
            return refusal.map(ErrorMapping::message).orElse(null);
        }
    }

    /** A resource on its way: an alteration is for the metadata, a refusal is final, neither means done. */
    private record Entry(Asked asked, Optional<ConfigAlteration> alteration, Optional<MillraceException> refusal) {}

    /**
     * Makes the changes, or only validates them; completes with all answers.
     *
     * @param replacesAll whether what is not named goes back to its default
     */
    CompletableFuture<List<Answer>> apply(List<Asked> resources, boolean replacesAll, boolean validateOnly) {
        List<Entry> entries = new ArrayList<>();
        for (Asked asked : resources) {
            try {
                entries.add(new Entry(asked, alteration(asked, replacesAll, validateOnly), Optional.empty()));
            } catch (MillraceException e) {
                entries.add(new Entry(asked, Optional.empty(), Optional.of(e)));
            }
        }
        List<ConfigAlteration> alterations =
                entries.stream().flatMap(entry -> entry.alteration().stream()).toList();
        return metadata.alterConfigs(alterations, validateOnly).thenApply(outcomes -> answer(entries, outcomes));
    }

    /** What the metadata is to do. The levels of loggers are none of its business, and change here. */
    private Optional<ConfigAlteration> alteration(Asked asked, boolean replacesAll, boolean validateOnly) {
        if (asked.type() == ConfigResource.Type.BROKER_LOGGER.id() && !replacesAll) {
            ConfigResources.checkNode(asked.name(), metadata);
            loggers.apply(asked.operations().get(), validateOnly);
            return Optional.empty();
        }
        ConfigTarget target = ConfigResources.target(asked.type(), asked.name(), metadata);
        return Optional.of(
                new ConfigAlteration(target, replacesAll, asked.operations().get()));
    }

    private static List<Answer> answer(List<Entry> entries, List<Outcome<ConfigTarget>> outcomes) {
        List<Answer> answers = new ArrayList<>();
        int answered = 0;
        for (Entry entry : entries) {
            Optional<MillraceException> refusal = entry.refusal();
            if (entry.alteration().isPresent()
                    && outcomes.get(answered++) instanceof Outcome.Refused<ConfigTarget> refused) {
                refusal = Optional.of(refused.failure());
            }
            answers.add(new Answer(entry.asked().type(), entry.asked().name(), refusal));
        }
        return answers;
    }
}
