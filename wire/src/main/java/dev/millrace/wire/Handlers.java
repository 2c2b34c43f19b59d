package dev.millrace.wire;

import dev.millrace.control.metadata.FeatureLevels;
import dev.millrace.control.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The APIs that this server speaks: exactly the handlers it was given, and ApiVersions, which tells them. Immutable.
 */
public final class Handlers {

    private final Handler<?>[] byKey;

    private Handlers(Handler<?>[] byKey) {
        this.byKey = byKey;
    }

    /** Registers, with the features of a server that never had others. */
    public static Handlers of(List<? extends Handler<?>> handlers) {
        FeatureLevels none = MetadataImage.empty().features();
        return of(handlers, () -> none);
    }

    /**
     * Registers.
     *
     * @param handlers all but ApiVersions, in any order
     * @param features the levels that ApiVersions tells, asked for with each answer
     * @throws IllegalArgumentException if two serve the same key, or one claims a version that the messages do not know as stable
     */
    public static Handlers of(List<? extends Handler<?>> handlers, Supplier<FeatureLevels> features) {
        List<Handler<?>> all = new ArrayList<>(handlers);
        all.add(new H18_ApiVersions(handlers, features));
        Handler<?>[] byKey = new Handler<?>[maxKey() + 1];
        for (Handler<?> handler : all) {
            ApiKeys key = handler.key();
            if (byKey[key.id] != null) {
                throw new IllegalArgumentException("two handlers for " + key + ": " + byKey[key.id] + ", " + handler);
            }
            if (handler.minVersion() < key.oldestVersion()
                    || handler.maxVersion() > key.latestVersion(false)
                    || handler.minVersion() > handler.maxVersion()) {
                throw new IllegalArgumentException(handler.getClass().getSimpleName() + " claims versions "
                        + handler.minVersion() + " to " + handler.maxVersion() + " of " + key + ", which has "
                        + key.oldestVersion() + " to " + key.latestVersion(false));
            }
            byKey[key.id] = handler;
        }
        return new Handlers(byKey);
    }

    /** The handler of a key as it came in; empty if it is not served. Allocation-free but for the Optional. */
    public Optional<Handler<?>> find(short key) {
        return key >= 0 && key < byKey.length ? Optional.ofNullable(byKey[key]) : Optional.empty();
    }

    private static int maxKey() {
        int max = 0;
        for (ApiKeys key : ApiKeys.values()) {
            max = Math.max(max, key.id);
        }
        return max;
    }
}
