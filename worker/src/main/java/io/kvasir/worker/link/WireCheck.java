package io.kvasir.worker.link;

import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;

/**
 * Checks of values read from the wire. An error names the field, the value and the limit. An
 * unsigned value beyond {@code int} arrives as a negative one and is refused as what it is.
 */
final class WireCheck {
  private WireCheck() {}

  /** The value, if it is within the bounds, both included. */
  static int range(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          field + ": is " + Integer.toUnsignedLong(value) + ", must be " + min + " to " + max);
    }
    return value;
  }

  /** The value, if it is at least {@code min}. */
  static long atLeast(String field, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(
          field + ": is " + Long.toUnsignedString(value) + ", must be " + min + " to 2^63-1");
    }
    return value;
  }

  /** The complaint about an enum value that is not set or not known. */
  static IllegalArgumentException unknown(String field) {
    return new IllegalArgumentException(field + ": not set or unknown");
  }

  /** Refuses a list that is too long. */
  static void entries(String field, int count, int max) {
    if (count > max) {
      throw new IllegalArgumentException(field + ": has " + count + " entries, limit " + max);
    }
  }

  /** The values as an array, if neither their number nor one of them is too large. */
  static int[] ints(String field, int count, IntUnaryOperator get, int maxCount, int maxValue) {
    entries(field, count, maxCount);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = range(field, get.applyAsInt(i), 0, maxValue);
    }
    return values;
  }

  /** The text, if it is at most so many bytes of UTF-8. */
  static String text(String field, String text, int maxBytes) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(field + ": has " + bytes + " bytes, limit " + maxBytes);
    }
    return text;
  }

  /** The text, if it is not empty and every character is a visible one of ASCII. */
  static String printable(String field, String text, int maxBytes) {
    text(field, text, maxBytes);
    if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(field + ": must be printable ASCII, not empty");
    }
    return text;
  }
}
