package io.kvasir.scheduler.request;

/**
 * Turns one request's generated tokens into text and finds its stop strings. Confined to the
 * scheduler loop.
 */
public interface OutputText {

  /**
   * Takes the next token.
   *
   * @return text that may be sent now (what may still become a stop string is held back), and
   *     whether a stop string was completed
   */
  Piece append(int tokenId);

  /** What is still held back; to be called once, at an end that no stop string caused. */
  String finish();

  /**
   * A piece of output.
   *
   * @param text may be empty
   * @param stopped whether a stop string was completed; text ends before it
   */
  record Piece(String text, boolean stopped) {}
}
