package io.kvasir.loadtest.cli;

/** Text in lines of limited width. */
final class Wrapped {
  private Wrapped() {}

  /**
   * Breaks text between words.
   *
   * @param text its line breaks count as spaces
   * @param width most characters of a line, indentation included
   * @return indented lines, each ended by a newline
   */
  static String text(String text, int width) {
    StringBuilder out = new StringBuilder();
    StringBuilder line = new StringBuilder("  ");
    for (String word : text.strip().split("\\s+", -1)) {
      if (line.length() > 2 && line.length() + 1 + word.length() > width) {
        out.append(line).append('\n');
        line.setLength(2);
      }
      line.append(line.length() > 2 ? " " : "").append(word);
    }
    return out.append(line).append('\n').toString();
  }
}
