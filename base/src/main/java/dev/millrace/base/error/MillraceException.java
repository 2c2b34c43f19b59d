package dev.millrace.base.error;

import java.util.List;

/**
 * A failure that a caller is told about: a code of the catalogue, and a message that says what was wrong, where, and what
 * to do.
 *
 * <p>Carries no stack trace unless it is {@link ErrorCode.Category#INTERNAL}: refusing a bad request is not exceptional,
 * and must cost little.
 */
public final class MillraceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<Part> parts;

    /**
     * What is wrong with one entry of what the caller gave.
     *
     * @param index of the entry, from 0 on
     * @param message empty where the exception's own says enough
     */
    public record Part(int index, String message) {}

    public MillraceException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /** A failure of some entries of a whole, by their indexes. */
    public MillraceException(ErrorCode code, String message, List<Part> parts) {
        super(message, null, false, code.category() == ErrorCode.Category.INTERNAL);
        this.code = code;
        this.parts = List.copyOf(parts);
    }

    public MillraceException(ErrorCode code, String message, Throwable cause) {
        super(message, cause, false, code.category() == ErrorCode.Category.INTERNAL);
        this.code = code;
        this.parts = List.of();
    }

    public ErrorCode code() {
        return code;
    }

    /** The entries that are wrong; empty where it is the whole. */
    public List<Part> parts() {
        return parts;
    }
}
