package io.kvasir.worker.model.template;

/**
 * A piece of template source.
 *
 * @param kind what it is
 * @param text its characters; of a string or text, the value
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    TEXT,
    OUTPUT_BEGIN,
    OUTPUT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    WHOLE,
    REAL,
    OPERATOR,
    END
  }

  boolean is(Kind kind, String text) {
    return this.kind == kind && this.text.equals(text);
  }

  /** As a message names it. */
  String describe() {
    return kind == Kind.END ? "the end of the template" : "'" + text + "'";
  }
}
