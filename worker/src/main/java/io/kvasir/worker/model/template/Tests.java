package io.kvasir.worker.model.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The tests of {@code is}. */
final class Tests {

  private final Operators operators;
  private final Contents contents;

  Tests(Operators operators, Contents contents) {
    this.operators = operators;
    this.contents = contents;
  }

  boolean test(String name, Object value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "true" -> value.equals(true);
      case "false" -> value.equals(false);
      case "boolean" -> value instanceof Boolean;
      case "string" -> value instanceof String;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "number" -> Values.isNumber(value);
      case "mapping" -> value instanceof Map<?, ?>;
      case "sequence", "iterable" ->
          value instanceof List<?>
              || value instanceof String
              || value instanceof Map<?, ?>
              || value instanceof Undefined;
      case "callable" -> value instanceof Function;
      case "odd" -> Math.floorMod(Values.requireWhole(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.requireWhole(value), 2L) == 0;
      case "divisibleby" ->
          operators.binary("%", Values.requireWhole(value), arguments.require(0, "num")).equals(0L);
      case "lower" -> isInCase(value, text -> text.toLowerCase(Locale.ROOT));
      case "upper" -> isInCase(value, text -> text.toUpperCase(Locale.ROOT));
      case "sameas", "eq", "equalto" -> holds("==", value, arguments);
      case "ne" -> holds("!=", value, arguments);
      case "lt", "lessthan" -> holds("<", value, arguments);
      case "le" -> holds("<=", value, arguments);
      case "gt", "greaterthan" -> holds(">", value, arguments);
      case "ge" -> holds(">=", value, arguments);
      case "in" -> holds("in", value, arguments);
      default -> throw new TemplateException("the test '" + name + "' is not supported here");
    };
  }

  private boolean isInCase(Object value, UnaryOperator<String> change) {
    String text = contents.text(value);
    return text.equals(change.apply(text));
  }

  private boolean holds(String operator, Object value, Arguments arguments) {
    return operators.holds(operator, value, arguments.require(0, "other"));
  }
}
