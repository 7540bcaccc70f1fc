package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {

  private final Budget budget;
  private final Contents contents;
  private final Operators operators;
  private final Methods methods;
  private final Tests tests;
  private final Filters filters;

  Evaluator(Budget budget) {
    this.budget = budget;
    this.contents = new Contents(budget);
    this.operators = new Operators(budget);
    this.methods = new Methods(budget);
    this.tests = new Tests(operators, contents);
    this.filters = new Filters(budget, operators, methods, tests, this::attribute);
  }

  Object evaluate(Expression expression, Scope scope) {
    budget.spend(1);
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Name name -> scope.get(name.name());
      case Expression.Items items -> all(items.items(), scope);
      case Expression.Entries entries -> entries(entries, scope);
      case Expression.Attribute attribute ->
          attribute(evaluate(attribute.target(), scope), attribute.name());
      case Expression.Index index ->
          index(evaluate(index.target(), scope), evaluate(index.index(), scope));
      case Expression.Slice slice ->
          operators.slice(
              evaluate(slice.target(), scope),
              orNone(slice.from(), scope),
              orNone(slice.to(), scope),
              orNone(slice.step(), scope));
      case Expression.Call call -> call(call, scope);
      case Expression.Filter filter ->
          filters.apply(
              filter.name(), evaluate(filter.input(), scope), arguments(filter.passed(), scope));
      case Expression.Test test ->
          tests.test(test.name(), evaluate(test.input(), scope), arguments(test.passed(), scope));
      case Expression.Not not -> !Values.isTrue(evaluate(not.operand(), scope));
      case Expression.Negative negative -> operators.negative(evaluate(negative.operand(), scope));
      case Expression.And and -> {
        Object left = evaluate(and.left(), scope);
        yield Values.isTrue(left) ? evaluate(and.right(), scope) : left;
      }
      case Expression.Or or -> {
        Object left = evaluate(or.left(), scope);
        yield Values.isTrue(left) ? left : evaluate(or.right(), scope);
      }
      case Expression.Binary binary ->
          operators.binary(
              binary.operator(), evaluate(binary.left(), scope), evaluate(binary.right(), scope));
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.Conditional conditional -> {
        if (Values.isTrue(evaluate(conditional.condition(), scope))) {
          yield evaluate(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        yield otherwise == null
            ? new Undefined("the value of an if without else")
            : evaluate(otherwise, scope);
      }
    };
  }

  private Object orNone(@Nullable Expression expression, Scope scope) {
    return expression == null ? None.NONE : evaluate(expression, scope);
  }

  private List<Object> all(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Map<Object, Object> entries(Expression.Entries entries, Scope scope) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.keys().size(); i++) {
      Object key = Values.requireKey(evaluate(entries.keys().get(i), scope));
      map.put(key, evaluate(entries.values().get(i), scope));
    }
    return map;
  }

  private boolean compare(Expression.Comparison comparison, Scope scope) {
    Object left = evaluate(comparison.operands().getFirst(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object right = evaluate(comparison.operands().get(i + 1), scope);
      if (!operators.holds(comparison.operators().get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  /** {@code target.name}: a method if there is one, else an entry. */
  private Object attribute(Object target, String name) {
    Operators.refuseUndefined(target);
    if (target instanceof Namespace namespace) {
      return namespace.values().getOrDefault(name, new Undefined("the attribute '" + name + "'"));
    }
    return methods
        .find(target, name)
        .<Object>map(method -> method)
        .orElseGet(() -> entry(target, name));
  }

  /** {@code target[index]}: an entry if there is one, else a method. */
  private Object index(Object target, Object index) {
    Operators.refuseUndefined(target);
    if (target instanceof String || target instanceof List<?>) {
      if (index instanceof Long position) {
        return item(target, position);
      }
      return index instanceof String name ? attribute(target, name) : entry(target, index);
    }
    Object entry = entry(target, index);
    return entry instanceof Undefined && index instanceof String name && !(target instanceof None)
        ? attribute(target, name)
        : entry;
  }

  private Object item(Object target, long position) {
    List<?> items = target instanceof List<?> list ? list : contents.items(target);
    long at = position < 0 ? position + items.size() : position;
    return at >= 0 && at < items.size()
        ? items.get((int) at)
        : new Undefined("the item " + position + " of " + items.size());
  }

  private Object entry(Object target, Object key) {
    if (!Values.isKey(key)) {
      return new Undefined(Values.kind(key) + " as an attribute of " + Values.kind(target));
    }
    if (target instanceof Map<?, ?> map) {
      Object value = map.get(key);
      if (value != null) {
        return value;
      }
    }
    return new Undefined("the attribute '" + contents.text(key) + "' of " + Values.kind(target));
  }

  private Object call(Expression.Call call, Scope scope) {
    Object target = evaluate(call.target(), scope);
    Operators.refuseUndefined(target);
    if (!(target instanceof Function function)) {
      throw new TemplateException(Values.kind(target) + " cannot be called");
    }
    return function.call(arguments(call.passed(), scope));
  }

  private Arguments arguments(Expression.Passed passed, Scope scope) {
    if (passed.positional().isEmpty() && passed.named().isEmpty()) {
      return Arguments.NONE;
    }
    Map<String, Object> named = new LinkedHashMap<>();
    passed.named().forEach((name, value) -> named.put(name, evaluate(value, scope)));
    return new Arguments(all(passed.positional(), scope), named);
  }
}
