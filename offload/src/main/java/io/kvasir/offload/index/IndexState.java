package io.kvasir.offload.index;

import java.util.List;
import java.util.Optional;

/**
 * What is known of the file of a {@link ChronicleBlockIndex} before it is opened. It lies beside it
 * as text:
 *
 * <pre>
 * kvasir-block-index 1       format of the entries
 * entries 1048576            entries it was made for
 * bytes 130023424            size of the file
 * open                       or: clean, and the CRC-32C of the file
 * </pre>
 *
 * <p>{@code open} is the dirty marker: who finds it knows that the last user never came to close.
 *
 * @param capacity entries the file was made for
 * @param bytes size of the file
 * @param content CRC-32C of the file, as unsigned hexadecimal; empty while it is open
 */
record IndexState(long capacity, long bytes, String content) {
  private static final String MAGIC = "kvasir-block-index " + EntryLayout.VERSION;
  private static final int LINES = 4;

  IndexState opened() {
    return new IndexState(capacity, bytes, "");
  }

  IndexState closed(String crc) {
    return new IndexState(capacity, bytes, crc);
  }

  boolean dirty() {
    return content.isEmpty();
  }

  String text() {
    return "%s\nentries %d\nbytes %d\n%s\n"
        .formatted(MAGIC, capacity, bytes, dirty() ? "open" : "clean " + content);
  }

  /** Reads it; empty if that is not such a text, or one of another version. */
  static Optional<IndexState> parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() != LINES || !lines.getFirst().equals(MAGIC)) {
      return Optional.empty();
    }
    String last = lines.get(LINES - 1);
    if (!last.equals("open") && !last.matches("clean [0-9a-f]{8}")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new IndexState(
              number(lines.get(1), "entries "),
              number(lines.get(2), "bytes "),
              last.equals("open") ? "" : last.substring("clean ".length())));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static long number(String line, String name) {
    if (!line.startsWith(name)) {
      throw new NumberFormatException(line);
    }
    return Long.parseLong(line.substring(name.length()));
  }
}
