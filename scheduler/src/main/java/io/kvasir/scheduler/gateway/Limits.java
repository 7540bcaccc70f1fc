package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_ID_BYTES;

import java.nio.charset.StandardCharsets;

/** Checks that several messages share. Each throws {@link InvalidArgument}. */
final class Limits {
  private Limits() {}

  /** An id: printable ASCII, possibly empty. */
  static String id(String field, String value) {
    if (value.length() > MAX_ID_BYTES) {
      throw InvalidArgument.of(
          "%s has %d bytes, the limit is %d", field, utf8Length(value), MAX_ID_BYTES);
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e) {
        throw InvalidArgument.of(
            "%s has U+%04X at position %d; it must be printable ASCII", field, (int) c, i);
      }
    }
    return value;
  }

  /** A text of limited size in UTF-8. */
  static String bytes(String field, String value, int most) {
    int length = utf8Length(value);
    if (length > most) {
      throw InvalidArgument.of("%s has %d bytes, the limit is %d", field, length, most);
    }
    return value;
  }

  /** A number of elements. */
  static void count(String field, int count, int most) {
    if (count > most) {
      throw InvalidArgument.of("%s has %d elements, the limit is %d", field, count, most);
    }
  }

  /** An unsigned 32-bit field with a maximum that fits an int. */
  static int unsigned(String field, int value, int most) {
    if (Integer.compareUnsigned(value, most) > 0) {
      throw InvalidArgument.of(
          "%s is %s, the limit is %d", field, Integer.toUnsignedString(value), most);
    }
    return value;
  }

  /** A token id of the model. */
  static int tokenId(String field, int index, int value, int vocabularySize) {
    if (Integer.compareUnsigned(value, vocabularySize) >= 0) {
      throw InvalidArgument.of(
          "%s[%d] is %s; token ids of this model are 0 to %d",
          field, index, Integer.toUnsignedString(value), vocabularySize - 1);
    }
    return value;
  }

  private static int utf8Length(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }
}
