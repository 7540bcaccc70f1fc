package io.kvasir.worker.model.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed expression. */
sealed interface Expression {

  record Literal(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record Items(List<Expression> items) implements Expression {}

  record Entries(List<Expression> keys, List<Expression> values) implements Expression {}

  record Attribute(Expression target, String name) implements Expression {}

  record Index(Expression target, Expression index) implements Expression {}

  record Slice(
      Expression target,
      @Nullable Expression from,
      @Nullable Expression to,
      @Nullable Expression step)
      implements Expression {}

  /** Arguments as written. */
  record Passed(List<Expression> positional, Map<String, Expression> named) {}

  record Call(Expression target, Passed passed) implements Expression {}

  record Filter(Expression input, String name, Passed passed) implements Expression {}

  record Test(Expression input, String name, Passed passed) implements Expression {}

  record Not(Expression operand) implements Expression {}

  record Negative(Expression operand) implements Expression {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  record Binary(String operator, Expression left, Expression right) implements Expression {}

  /** {@code first < second <= third}: each neighbouring pair has to hold. */
  record Comparison(List<Expression> operands, List<String> operators) implements Expression {}

  record Conditional(Expression condition, Expression then, @Nullable Expression otherwise)
      implements Expression {}
}
