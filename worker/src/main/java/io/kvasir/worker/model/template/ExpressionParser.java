package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses expressions with Jinja2's precedence, loosest first: if, or, and, not, comparison, sum…
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "is", "if", "in", "not");

  private final TokenStream tokens;
  private final ValueParser values;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.values = new ValueParser(tokens, this);
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
    return tokens.acceptOperator("+") ? signed() : values.value();
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
    return tokens.acceptOperator("(")
        ? values.arguments()
        : new Expression.Passed(List.of(), Map.of());
  }

  private Expression.Passed testArguments() {
    boolean single =
        switch (tokens.peek().kind()) {
          case NAME -> !AFTER_TEST.contains(tokens.peek().text());
          case STRING, WHOLE, REAL -> true;
          case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
          case TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    return single ? new Expression.Passed(List.of(values.value()), Map.of()) : optionalArguments();
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
}
