package dev.millrace.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.millrace.wire.LoggerLevels;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** The levels of Logback's loggers. Thread-safe. */
public final class LogbackLevels implements LoggerLevels {

    private final LoggerContext context;

    private LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    /** Those of this process; none if something else than Logback does its logging. */
    public static LoggerLevels ofThisProcess() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context ? new LogbackLevels(context) : NONE;
    }

    @Override
    public Map<String, String> all() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            levels.put(name(logger), logger.getEffectiveLevel().toString());
        }
        return levels;
    }

    private static String name(Logger logger) {
        return logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
    }

    @Override
    @SuppressWarnings("NullAway") // For Logback no level is null.
    public void set(String logger, Optional<String> level) {
        String name = logger.equals(ROOT) ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger;
        // Logback knows nothing above ERROR but OFF.
        context.getLogger(name)
                .setLevel(level.map(text -> text.equals("FATAL") ? Level.OFF : Level.valueOf(text))
                        .orElse(null));
    }
}
