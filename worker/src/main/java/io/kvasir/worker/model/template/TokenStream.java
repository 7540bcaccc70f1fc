package io.kvasir.worker.model.template;

import java.util.List;

/** Tokens being parsed. */
final class TokenStream {

  private static final int DEPTH_MAX = 200;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  boolean isOperator(String text) {
    return peek().is(Token.Kind.OPERATOR, text);
  }

  boolean isName(String text) {
    return peek().is(Token.Kind.NAME, text);
  }

  boolean isNameAhead(int offset, String text) {
    return at + offset < tokens.size() && tokens.get(at + offset).is(Token.Kind.NAME, text);
  }

  boolean acceptOperator(String text) {
    boolean found = isOperator(text);
    if (found) {
      at++;
    }
    return found;
  }

  boolean acceptName(String text) {
    boolean found = isName(text);
    if (found) {
      at++;
    }
    return found;
  }

  void expectOperator(String text) {
    if (!acceptOperator(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  void expectName(String text) {
    if (!acceptName(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  Token expect(Token.Kind kind, String what) {
    if (peek().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  TemplateException unexpected(String expected) {
    return new TemplateException(
        "line " + peek().line() + ": expected " + expected + ", found " + peek().describe());
  }

  /** Guards the stack against nesting without end. */
  void enter() {
    if (++depth > DEPTH_MAX) {
      throw new TemplateException(
          "line " + peek().line() + ": nested more than " + DEPTH_MAX + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
