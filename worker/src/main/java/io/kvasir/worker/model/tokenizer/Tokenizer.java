package io.kvasir.worker.model.tokenizer;

/**
 * Text to token ids and back, as the model was trained. Immutable and safe for use by many threads.
 */
public interface Tokenizer {

  /** Number of token ids. */
  int vocabularySize();

  /**
   * Turns text into ids.
   *
   * @param text any UTF-16 text; unpaired surrogates become U+FFFD
   * @param addSpecial whether to add the begin- and end-of-text tokens the model asks for
   * @param parseSpecial whether special tokens written out in the text become their ids
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /** The bytes a token stands for in running text; empty for control tokens. */
  byte[] tokenBytes(int tokenId);

  /** The vocabulary's own spelling of a token, for people. */
  String tokenText(int tokenId);

  /** Whether the model says that the text ends here. */
  boolean isEndOfText(int tokenId);

  /** A detokenizer for one stream of generated tokens. */
  IncrementalDetokenizer newDetokenizer();

  /** Text of all ids together; bytes that form no character become U+FFFD. */
  String decode(int[] tokenIds);
}
