package io.kvasir.scheduler.request;

/** Why a request was turned away, more exactly than its {@link RequestError.Code} says. */
public enum RefusalReason {
  /** It can never be served as it is. */
  INVALID,
  /** A request with its id is in the system. */
  DUPLICATE_ID,
  /** Its tenant is not served. */
  UNKNOWN_TENANT,
  /** Its tenant sends more requests than it may. */
  REQUEST_RATE,
  /** Its tenant asks for more tokens than it may. */
  TOKEN_RATE,
  /** Its tenant has as many requests in the system as it may. */
  CONCURRENCY,
  /** As many requests of its tenant wait as may. */
  TENANT_QUEUE,
  /** The server's queue has no room for it. */
  QUEUE,
  /** It would be past its deadline before its turn came. */
  DEADLINE,
  /** Its turn would come after its target of the time to the first token. */
  TTFT,
  /** Too many prompts wait to be tokenized. */
  PROMPTS,
  /** Nobody serves now. */
  UNAVAILABLE,
  /** A fault in the server. */
  INTERNAL;

  /** The reason where nobody said more than a code. */
  static RefusalReason of(RequestError.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, NOT_FOUND -> INVALID;
      case ALREADY_EXISTS -> DUPLICATE_ID;
      case PERMISSION_DENIED -> UNKNOWN_TENANT;
      case RESOURCE_EXHAUSTED -> QUEUE;
      case UNAVAILABLE -> UNAVAILABLE;
      case INTERNAL -> INTERNAL;
    };
  }
}
