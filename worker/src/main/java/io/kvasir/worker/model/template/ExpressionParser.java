package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions with Jinja2's precedence, loosest first: if, or, and, not, comparison, sum…
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "is", "if", "in", "not");

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  Expression expression() {
    tokens.enter();
    Expression value = or();
    while (tokens.acceptName("if")) {
      Expression condition = or();
      Expression otherwise = tokens.acceptName("else") ? expression() : null;
      value = new Expression.Conditional(condition, value, otherwise);
    }
    tokens.leave();
    return value;
  }

  /** An expression, or several separated by commas, which make a list. */
  Expression tuple() {
    Expression first = expression();
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.acceptOperator(",") && startsExpression()) {
      items.add(expression());
    }
    return new Expression.Items(items);
  }

  /** Without {@code if}, which belongs to the loop there. */
  Expression or() {
    Expression left = and();
    while (tokens.acceptName("or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.acceptName("and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.acceptName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression operand = not();
    tokens.leave();
    return new Expression.Not(operand);
  }

  private Expression comparison() {
    List<Expression> operands = new ArrayList<>(List.of(sum()));
    List<String> operators = new ArrayList<>();
    while (true) {
      if (tokens.peek().kind() == Token.Kind.OPERATOR
          && COMPARISONS.contains(tokens.peek().text())) {
        operators.add(tokens.next().text());
      } else if (tokens.acceptName("in")) {
        operators.add("in");
      } else if (tokens.isName("not") && tokens.isNameAhead(1, "in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        break;
      }
      operands.add(sum());
    }
    return operators.isEmpty()
        ? operands.getFirst()
        : new Expression.Comparison(operands, operators);
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.isOperator("+") || tokens.isOperator("-")) {
      left = new Expression.Binary(tokens.next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (tokens.acceptOperator("~")) {
      left = new Expression.Binary("~", left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (tokens.isOperator("*")
        || tokens.isOperator("/")
        || tokens.isOperator("//")
        || tokens.isOperator("%")) {
      left = new Expression.Binary(tokens.next().text(), left, unary());
    }
    return left;
  }

  private Expression unary() {
    return filtered(signed());
  }

  private Expression signed() {
    if (tokens.acceptOperator("-")) {
      tokens.enter();
      Expression operand = signed();
      tokens.leave();
      return new Expression.Negative(operand);
    }
    return tokens.acceptOperator("+") ? signed() : postfixed(primary());
  }

  private Expression filtered(Expression input) {
    Expression value = input;
    while (true) {
      if (tokens.acceptOperator("|")) {
        String name = tokens.expect(Token.Kind.NAME, "the name of a filter").text();
        value = new Expression.Filter(value, name, optionalArguments());
      } else if (tokens.acceptName("is")) {
        boolean negated = tokens.acceptName("not");
        String name = tokens.expect(Token.Kind.NAME, "the name of a test").text();
        Expression test = new Expression.Test(value, name, testArguments());
        value = negated ? new Expression.Not(test) : test;
      } else {
        return value;
      }
    }
  }

  private Expression.Passed optionalArguments() {
    return tokens.acceptOperator("(") ? arguments() : new Expression.Passed(List.of(), Map.of());
  }

  private Expression.Passed testArguments() {
    boolean single =
        switch (tokens.peek().kind()) {
          case NAME -> !AFTER_TEST.contains(tokens.peek().text());
          case STRING, WHOLE, REAL -> true;
          case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
          case TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    return single
        ? new Expression.Passed(List.of(postfixed(primary())), Map.of())
        : optionalArguments();
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
    Expression from = tokens.isOperator(":") ? null : expression();
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
    return tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
  }

  private Expression.Passed arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.acceptOperator(")")) {
      Expression value = expression();
      if (value instanceof Expression.Name(String name) && tokens.acceptOperator("=")) {
        named.put(name, expression());
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

  private boolean startsExpression() {
    return switch (tokens.peek().kind()) {
      case NAME -> !tokens.isName("in") && !tokens.isName("if");
      case STRING, WHOLE, REAL -> true;
      case OPERATOR ->
          tokens.isOperator("(")
              || tokens.isOperator("[")
              || tokens.isOperator("{")
              || tokens.isOperator("-");
      case TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
    };
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
      Expression value = tokens.isOperator(")") ? new Expression.Items(List.of()) : tuple();
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
      items.add(expression());
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
      keys.add(expression());
      tokens.expectOperator(":");
      values.add(expression());
      if (!tokens.isOperator("}")) {
        tokens.expectOperator(",");
      }
    }
    return new Expression.Entries(keys, values);
  }
}
