package io.kvasir.scheduler.request;

/**
 * Why a request could not be served.
 *
 * @param code which kind
 * @param reason which kind, more exactly, if it was refused
 * @param message for people; names the field and the limit
 * @param retryAfterMillis when a retry may succeed; 0: no hint
 */
public record RequestError(Code code, RefusalReason reason, String message, long retryAfterMillis) {

  /** Kinds of errors; names are those of gRPC status codes. */
  public enum Code {
    /** The caller sent something that can never work. */
    INVALID_ARGUMENT,
    /** No such request. */
    NOT_FOUND,
    /** A request with this id is in the system. */
    ALREADY_EXISTS,
    /** The tenant is not served. */
    PERMISSION_DENIED,
    /** A queue or a buffer is full, or a rate is exceeded. */
    RESOURCE_EXHAUSTED,
    /** No worker, or it was lost. */
    UNAVAILABLE,
    /** A fault in the server. */
    INTERNAL
  }

  /** An error whose code says it all. */
  public RequestError(Code code, String message, long retryAfterMillis) {
    this(code, RefusalReason.of(code), message, retryAfterMillis);
  }
}
