package io.kvasir.worker.model.tokenizer;

/** What a vocabulary entry is for; the order is that of the numbers in a file, from 1 on. */
enum TokenType {
  /** Ordinary text. */
  NORMAL,
  /** Stands for text that has no token. */
  UNKNOWN,
  /** Steers the model; never part of the text. */
  CONTROL,
  /** Text that is always one token. */
  USER_DEFINED,
  /** Never produced by an encoder. */
  UNUSED,
  /** One byte, spelled {@code <0xNN>}. */
  BYTE;

  private static final TokenType[] VALUES = values();

  static boolean isKnown(long number) {
    return number >= 1 && number <= VALUES.length;
  }

  static TokenType of(long number) {
    return VALUES[(int) number - 1];
  }
}
