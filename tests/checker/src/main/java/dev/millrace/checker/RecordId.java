package dev.millrace.checker;

/** A record by what it is, wherever it may lie. */
record RecordId(String partition, String value) {

    @Override
    public String toString() {
        return Seen.brief(value) + " of " + partition;
    }
}
