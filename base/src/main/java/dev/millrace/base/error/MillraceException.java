package dev.millrace.base.error;

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

    public MillraceException(ErrorCode code, String message) {
        super(message, null, false, code.category() == ErrorCode.Category.INTERNAL);
        this.code = code;
    }

    public MillraceException(ErrorCode code, String message, Throwable cause) {
        super(message, cause, false, code.category() == ErrorCode.Category.INTERNAL);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
