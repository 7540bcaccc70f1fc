package io.kvasir.worker.model.tokenizer;

/**
 * Turns a stream of token ids into text, whole characters only: bytes of an unfinished UTF-8
 * sequence are held back until the token that completes them. Confined to one thread at a time.
 */
public interface IncrementalDetokenizer {

  /** Text that this token completes; may be empty. */
  String append(int tokenId);

  /** What is still held back, as U+FFFD; to be called once, at the end. */
  String finish();
}
