package dev.millrace.wire;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The loggers of this process, which administrators see and set as resources of type 8 (KIP-412). What is set lasts until the process ends. */
public interface LoggerLevels {

    /** The levels that a logger can be set to. */
    Set<String> LEVELS = Set.of("FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    /** The logger above all others. */
    String ROOT = "root";

    /** Of a process whose loggers are not to be touched. */
    LoggerLevels NONE = new LoggerLevels() {
        @Override
        public Map<String, String> all() {
            return Map.of();
        }

        @Override
        public void set(String logger, Optional<String> level) {}
    };

    /** Every logger with the level that counts for it. */
    Map<String, String> all();

    /**
     * Sets a level.
     *
     * @param logger one of {@link #all}
     * @param level one of {@link #LEVELS}; empty: the level of the logger above
     */
    void set(String logger, Optional<String> level);
}
