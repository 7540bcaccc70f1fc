package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text and tags, with {@code trim_blocks} and {@code lstrip_blocks} switched
 * on as chat templates expect: a newline after a block tag and spaces before one that stands first
 * on its line are dropped. A dash inside a tag's delimiter drops all whitespace on that side, a
 * plus keeps it.
 */
final class Lexer {

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  /** Whether what was read last ended with a newline. */
  private boolean lineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    String unix = source.replace("\r\n", "\n").replace('\r', '\n');
    return new Lexer(unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix).run();
  }

  private List<Token> run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        text(source.substring(at));
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      String before = strippedBefore(source.substring(at, tag), tag);
      text(before);
      countLines(source, at + before.length(), tag);
      at = tag + 2;
      if (at < source.length() && isSign(source.charAt(at))) {
        at++;
      }
      switch (kind) {
        case '#' -> comment();
        case '%' -> block();
        default -> output();
      }
    }
    tokens.add(new Token(Token.Kind.END, "", line));
    return tokens;
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private String strippedBefore(String text, int tag) {
    char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
    if (sign == '-') {
      return text.stripTrailing();
    }
    if (sign == '+' || source.charAt(tag + 1) == '{') {
      return text;
    }
    int lineBegin = text.lastIndexOf('\n') + 1;
    boolean firstOnLine = (lineBegin > 0 || lineStart) && text.substring(lineBegin).isBlank();
    return firstOnLine ? text.substring(0, lineBegin) : text;
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(Token.Kind.TEXT, text, line));
      countLines(text, 0, text.length());
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateException("line " + line + ": a comment is not closed");
    }
    countLines(source, at, end);
    boolean dash = end > at && source.charAt(end - 1) == '-';
    boolean plus = end > at && source.charAt(end - 1) == '+';
    at = end + 2;
    afterTag(dash, !plus);
  }

  private void output() {
    tokens.add(new Token(Token.Kind.OUTPUT_BEGIN, "{{", line));
    boolean dash = inside("}}", '}');
    tokens.add(new Token(Token.Kind.OUTPUT_END, "}}", line));
    afterTag(dash, false);
  }

  private void block() {
    int first = tokens.size();
    tokens.add(new Token(Token.Kind.BLOCK_BEGIN, "{%", line));
    int signed = at;
    boolean dash = inside("%}", '%');
    boolean plus = source.charAt(Math.max(signed, at - 3)) == '+';
    tokens.add(new Token(Token.Kind.BLOCK_END, "%}", line));
    if (tokens.size() == first + 3 && tokens.get(first + 1).is(Token.Kind.NAME, "raw")) {
      tokens.subList(first, tokens.size()).clear();
      afterTag(dash, false);
      raw();
    } else {
      afterTag(dash, !plus);
    }
  }

  private void raw() {
    int tag = source.indexOf("{%", at);
    while (tag >= 0) {
      int name = tag + 2;
      if (name < source.length() && isSign(source.charAt(name))) {
        name++;
      }
      int end = skipBlank(skipBlank(name, 0), "endraw".length());
      if (source.startsWith("endraw", skipBlank(name, 0)) && end < source.length()) {
        text(strippedBefore(source.substring(at, tag), tag));
        boolean signed = isSign(source.charAt(end));
        boolean dash = source.charAt(end) == '-';
        at = end + (signed ? 3 : 2);
        afterTag(dash, !signed);
        return;
      }
      tag = source.indexOf("{%", tag + 2);
    }
    throw new TemplateException("line " + line + ": raw is not closed");
  }

  private int skipBlank(int from, int word) {
    int i = Math.min(source.length(), from + word);
    while (i < source.length() && Character.isWhitespace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Drops what the end of a tag says to drop. */
  private void afterTag(boolean dash, boolean dropNewline) {
    int from = at;
    if (dash) {
      at = skipBlank(at, 0);
    } else if (dropNewline && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    countLines(source, from, at);
    lineStart = at > from && source.charAt(at - 1) == '\n';
  }

  /** Reads tokens up to the closing delimiter; says whether a dash stood before it. */
  private boolean inside(String close, char closing) {
    ExpressionLexer words = new ExpressionLexer(source, at, line, tokens);
    int depth = 0;
    while (true) {
      words.skipBlank();
      int here = words.position();
      if (depth == 0
          && (source.startsWith("-" + close, here) || source.startsWith("+" + close, here))
          && (closing == '%' || source.charAt(here) == '-')) {
        at = here + 3;
        line = words.line();
        return source.charAt(here) == '-';
      }
      if (depth == 0 && source.startsWith(close, here)) {
        at = here + 2;
        line = words.line();
        return false;
      }
      if (here >= source.length()) {
        throw new TemplateException("line " + line + ": a tag is not closed by " + close);
      }
      depth += words.next();
    }
  }

  private void countLines(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private static boolean isSign(char c) {
    return c == '-' || c == '+';
  }
}
