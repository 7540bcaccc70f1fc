package io.kvasir.worker.model.template;

import java.util.List;

/** Cuts the inside of a tag into names, numbers, strings and operators. */
final class ExpressionLexer {

  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ".", ",", ":", "|");

  private final String source;
  private final List<Token> tokens;
  private int at;
  private int line;

  ExpressionLexer(String source, int at, int line, List<Token> tokens) {
    this.source = source;
    this.at = at;
    this.line = line;
    this.tokens = tokens;
  }

  int position() {
    return at;
  }

  int line() {
    return line;
  }

  void skipBlank() {
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      if (source.charAt(at) == '\n') {
        line++;
      }
      at++;
    }
  }

  /** Reads one token; 1 if it opens a bracket, -1 if it closes one, else 0. */
  int next() {
    char c = source.charAt(at);
    if (Character.isJavaIdentifierStart(c) && c != '$') {
      name();
      return 0;
    }
    if (c >= '0' && c <= '9') {
      number();
      return 0;
    }
    if (c == '"' || c == '\'') {
      string(c);
      return 0;
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        tokens.add(new Token(Token.Kind.OPERATOR, operator, line));
        at += operator.length();
        return switch (operator) {
          case "(", "[", "{" -> 1;
          case ")", "]", "}" -> -1;
          default -> 0;
        };
      }
    }
    throw new TemplateException("line " + line + ": unexpected character " + c);
  }

  private void name() {
    int start = at;
    while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
      at++;
    }
    tokens.add(new Token(Token.Kind.NAME, source.substring(start, at), line));
  }

  private void number() {
    int start = at;
    digits();
    boolean real = false;
    if (at + 1 < source.length() && source.charAt(at) == '.' && isDigit(source.charAt(at + 1))) {
      real = true;
      at++;
      digits();
    }
    if (at < source.length() && (source.charAt(at) == 'e' || source.charAt(at) == 'E')) {
      int sign = at + 1 < source.length() && "+-".indexOf(source.charAt(at + 1)) >= 0 ? 2 : 1;
      if (at + sign < source.length() && isDigit(source.charAt(at + sign))) {
        real = true;
        at += sign;
        digits();
      }
    }
    Token.Kind kind = real ? Token.Kind.REAL : Token.Kind.WHOLE;
    tokens.add(new Token(kind, source.substring(start, at), line));
  }

  private void digits() {
    while (at < source.length() && isDigit(source.charAt(at))) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void string(char quote) {
    int first = line;
    StringBuilder value = new StringBuilder();
    at++;
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c == '\n') {
        line++;
      }
      if (c == '\\' && at < source.length()) {
        escape(value, source.charAt(at++));
      } else {
        value.append(c);
      }
    }
    if (at >= source.length()) {
      throw new TemplateException("line " + first + ": a string is not closed");
    }
    at++;
    tokens.add(new Token(Token.Kind.STRING, value.toString(), first));
  }

  private void escape(StringBuilder value, char c) {
    switch (c) {
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'x' -> hex(value, 2);
      case 'u' -> hex(value, 4);
      case '\\', '\'', '"' -> value.append(c);
      case '\n' -> line++;
      default -> value.append('\\').append(c);
    }
  }

  private void hex(StringBuilder value, int digits) {
    int end = at + digits;
    try {
      value.append((char) Integer.parseInt(source.substring(at, end), 16));
    } catch (IndexOutOfBoundsException | NumberFormatException _) {
      throw new TemplateException("line " + line + ": a hexadecimal escape is malformed");
    }
    at = end;
  }
}
