package dev.millrace.parity;

/**
 * A field in which two answers to a step differ.
 *
 * @param step chapter and step, such as {@code produce/bad crc}
 * @param field the path to the field, such as {@code responses[produce].partitionResponses[0].errorCode}
 * @param kafka what Apache Kafka answered there, as JSON; {@code (none)} when its answer has no such field
 * @param millrace what Millrace answered there
 */
record Difference(String step, String field, String kafka, String millrace) {
    static final String NONE = "(none)";

    @Override
    public String toString() {
        return "| " + step + " | " + field + " | " + kafka + " | " + millrace + " | |";
    }
}
