package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses what stands between operators: names, literals, brackets, and what follows them. */
final class ValueParser {

  private final TokenStream tokens;
  private final ExpressionParser expressions;

  ValueParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** A value with its attributes, subscripts and calls. */
  Expression value() {
    return postfixed(primary());
  }

  private Expression postfixed(Expression primary) {
    Expression value = primary;
    while (true) {
      if (tokens.acceptOperator(".")) {
        value =
            tokens.peek().kind() == Token.Kind.WHOLE
                ? new Expression.Index(value, primary())
                : new Expression.Attribute(
                    value, tokens.expect(Token.Kind.NAME, "an attribute").text());
      } else if (tokens.acceptOperator("[")) {
        value = subscript(value);
      } else if (tokens.acceptOperator("(")) {
        value = new Expression.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression target) {
    Expression from = tokens.isOperator(":") ? null : expressions.expression();
    if (from != null && tokens.acceptOperator("]")) {
      return new Expression.Index(target, from);
    }
    tokens.expectOperator(":");
    Expression to = sliceEnd();
    Expression step = tokens.acceptOperator(":") ? sliceEnd() : null;
    tokens.expectOperator("]");
    return new Expression.Slice(target, from, to, step);
  }

  private @Nullable Expression sliceEnd() {
    return tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
  }

  /** Arguments of a call; the opening bracket was read. */
  Expression.Passed arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.acceptOperator(")")) {
      Expression value = expressions.expression();
      if (value instanceof Expression.Name(String name) && tokens.acceptOperator("=")) {
        named.put(name, expressions.expression());
      } else if (named.isEmpty()) {
        positional.add(value);
      } else {
        throw tokens.unexpected("a named argument");
      }
      if (!tokens.isOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    return new Expression.Passed(positional, named);
  }

  private Expression primary() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case NAME -> name(tokens.next().text());
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (tokens.peek().kind() == Token.Kind.STRING) {
          text.append(tokens.next().text());
        }
        yield new Expression.Literal(text.toString());
      }
      case WHOLE, REAL -> new Expression.Literal(number(tokens.next()));
      case OPERATOR -> bracketed();
      case TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END ->
          throw tokens.unexpected("a value");
    };
  }

  private Expression bracketed() {
    if (tokens.acceptOperator("(")) {
      Expression value =
          tokens.isOperator(")") ? new Expression.Items(List.of()) : expressions.tuple();
      tokens.expectOperator(")");
      return value;
    }
    if (tokens.acceptOperator("[")) {
      return list();
    }
    if (tokens.acceptOperator("{")) {
      return entries();
    }
    throw tokens.unexpected("a value");
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> new Expression.Literal(true);
      case "false", "False" -> new Expression.Literal(false);
      case "none", "None" -> new Expression.Literal(None.NONE);
      default -> new Expression.Name(name);
    };
  }

  private static Object number(Token token) {
    try {
      if (token.kind() == Token.Kind.REAL) {
        return Double.valueOf(token.text());
      }
      return Long.valueOf(token.text());
    } catch (NumberFormatException _) {
      throw new TemplateException("line " + token.line() + ": number out of range");
    }
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    while (!tokens.acceptOperator("]")) {
      items.add(expressions.expression());
      if (!tokens.isOperator("]")) {
        tokens.expectOperator(",");
      }
    }
    return new Expression.Items(items);
  }

  private Expression entries() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.acceptOperator("}")) {
      keys.add(expressions.expression());
      tokens.expectOperator(":");
      values.add(expressions.expression());
      if (!tokens.isOperator("}")) {
        tokens.expectOperator(",");
      }
    }
    return new Expression.Entries(keys, values);
  }
}
