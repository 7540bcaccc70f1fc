package io.kvasir.loadtest.report;

/**
 * How a request ended, as its client saw it.
 *
 * @param kind what became of it
 * @param code name of the gRPC status of a refusal or an error; otherwise empty
 * @param reason why it was refused, in the server's words; otherwise, or if it does not say, empty
 * @param usage what it consumed, as the server says; zeros if it does not
 */
public record RequestEnd(Kind kind, String code, String reason, Usage usage) {
  /** What became of a request. */
  public enum Kind {
    /** It stopped by itself or at its length. */
    OK,
    /** It was turned away before it was accepted. */
    REFUSED,
    /** It failed after acceptance, or the server could not be reached. */
    ERROR,
    /** Its deadline passed. */
    DEADLINE,
    /** The server ended it. */
    ABORTED,
    /** The driver gave up on it when the run was over. */
    UNFINISHED
  }

  /**
   * The server's account of a request.
   *
   * @param promptTokens length of the prompt
   * @param cachedTokens of these, found in the prefix cache
   * @param completionTokens generated
   * @param preemptions how often it was preempted
   * @param recomputedTokens computed again because of that
   * @param queueMillis from arrival to first scheduling
   */
  public record Usage(
      int promptTokens,
      int cachedTokens,
      int completionTokens,
      int preemptions,
      int recomputedTokens,
      double queueMillis) {
    /** Nothing known. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);
  }

  /** An end that is no refusal. */
  public RequestEnd(Kind kind, String code, Usage usage) {
    this(kind, code, "", usage);
  }

  /** An end without an account. */
  public static RequestEnd without(Kind kind, String code) {
    return new RequestEnd(kind, code, Usage.NONE);
  }

  /** A request that was turned away. */
  public static RequestEnd refused(String code, String reason) {
    return new RequestEnd(Kind.REFUSED, code, reason, Usage.NONE);
  }
}
