package dev.millrace.control.groups.api;

/** The second byte of every key in the log of a groups machine: which kind of fact follows. A number is never given to another kind. */
public enum RecordKind {
    CLASSIC_GROUP(0),
    COMMITTED_OFFSET(1),
    CLASSIC_GENERATION(2),
    PENDING_OFFSET(3),
    CONSUMER_GROUP(16),
    CONSUMER_MEMBER(17),
    CONSUMER_TARGET(18),
    CONSUMER_PROGRESS(19);

    private final int id;

    RecordKind(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /**
     * Tells the kind that a key names.
     *
     * @throws IllegalArgumentException if it names none that this version knows
     */
    public static RecordKind of(byte[] key) {
        for (RecordKind kind : values()) {
            if (key.length > 1 && key[1] == kind.id) {
                return kind;
            }
        }
        throw new IllegalArgumentException("a record in a log of groups has a key of an unknown kind"
                + (key.length > 1 ? " " + key[1] : "") + "; a newer version of Millrace may have written it");
    }
}
