package io.kvasir.worker.model.gguf;

/** One metadata value; the file's many number widths are folded into whole and real numbers. */
public sealed interface GgufValue {

  /** A string. */
  record Text(String value) implements GgufValue {}

  /** An integer of any width; one above 2^63 - 1 appears negative. */
  record Whole(long value) implements GgufValue {}

  /** A 32- or 64-bit floating point number. */
  record Real(double value) implements GgufValue {}

  /** A boolean. */
  record Flag(boolean value) implements GgufValue {}

  /** An array of strings. */
  record Texts(String[] values) implements GgufValue {}

  /** An array of integers of any width. */
  record Wholes(long[] values) implements GgufValue {}

  /** An array of floating point numbers; 64-bit ones are narrowed. */
  record Reals(float[] values) implements GgufValue {}

  /** An array of booleans. */
  record Flags(boolean[] values) implements GgufValue {}

  /** The name of the kind, for messages. */
  default String kind() {
    return switch (this) {
      case Text _ -> "a string";
      case Whole _ -> "an integer";
      case Real _ -> "a number";
      case Flag _ -> "a boolean";
      case Texts _ -> "an array of strings";
      case Wholes _ -> "an array of integers";
      case Reals _ -> "an array of numbers";
      case Flags _ -> "an array of booleans";
    };
  }
}
