package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Arithmetic, concatenation, membership and slices as in Python. */
final class Operators {

  private final Budget budget;
  private final Contents contents;

  Operators(Budget budget) {
    this.budget = budget;
    this.contents = new Contents(budget);
  }

  Object binary(String operator, Object left, Object right) {
    if (operator.equals("~")) {
      return concatenate(contents.text(left), contents.text(right));
    }
    refuseUndefined(left);
    refuseUndefined(right);
    if (operator.equals("+")) {
      if (left instanceof String a && right instanceof String b) {
        return concatenate(a, b);
      }
      if (left instanceof List<?> a && right instanceof List<?> b) {
        return joined(a, b);
      }
    }
    if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
      return repeated(text, times);
    }
    if (!Values.isNumber(left) || !Values.isNumber(right)) {
      throw new TemplateException(
          "cannot apply " + operator + " to " + Values.kind(left) + " and " + Values.kind(right));
    }
    boolean real = left instanceof Double || right instanceof Double || operator.equals("/");
    try {
      return real
          ? real(operator, Values.real(left), Values.real(right))
          : whole(operator, Values.requireWhole(left), Values.requireWhole(right));
    } catch (ArithmeticException e) {
      throw new TemplateException("arithmetic failed: " + e.getMessage());
    }
  }

  private static Object whole(String operator, long left, long right) {
    return switch (operator) {
      case "+" -> Math.addExact(left, right);
      case "-" -> Math.subtractExact(left, right);
      case "*" -> Math.multiplyExact(left, right);
      case "//" -> Math.floorDiv(left, right);
      case "%" -> Math.floorMod(left, right);
      default -> throw new TemplateException("the operator " + operator + " is not supported");
    };
  }

  private static Object real(String operator, double left, double right) {
    if (right == 0 && !operator.equals("+") && !operator.equals("-") && !operator.equals("*")) {
      throw new TemplateException("division by zero");
    }
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "//" -> Math.floor(left / right);
      case "%" -> left - Math.floor(left / right) * right;
      default -> throw new TemplateException("the operator " + operator + " is not supported");
    };
  }

  Object negative(Object value) {
    refuseUndefined(value);
    return value instanceof Double real ? (Object) (-real) : (Object) (-Values.requireWhole(value));
  }

  private String concatenate(String left, String right) {
    budget.spendChars((long) left.length() + right.length());
    return left + right;
  }

  private List<Object> joined(List<?> left, List<?> right) {
    budget.spend(left.size() + right.size());
    List<Object> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }

  private String repeated(String text, long times) {
    long count = Math.max(0, times);
    if (!text.isEmpty() && count > Integer.MAX_VALUE) {
      budget.spendChars(Long.MAX_VALUE);
    }
    budget.spendChars(text.length() * count);
    return text.isEmpty() ? "" : text.repeat((int) count);
  }

  boolean holds(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> contents.areEqual(left, right);
      case "!=" -> !contents.areEqual(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> ordered(left, right) < 0;
      case "<=" -> ordered(left, right) <= 0;
      case ">" -> ordered(left, right) > 0;
      default -> ordered(left, right) >= 0;
    };
  }

  private static int ordered(Object left, Object right) {
    refuseUndefined(left);
    refuseUndefined(right);
    return Values.compare(left, right);
  }

  boolean contains(Object container, Object item) {
    return switch (container) {
      case String text -> {
        String part = Values.requireText(item);
        budget.spendSearch(text.length(), part.length());
        yield text.contains(part);
      }
      case Map<?, ?> map -> map.containsKey(Values.requireKey(item));
      default ->
          contents.items(container).stream().anyMatch(other -> contents.areEqual(other, item));
    };
  }

  Object slice(Object target, Object from, Object to, Object step) {
    long stride = step == None.NONE ? 1 : Values.requireWhole(step);
    if (stride == 0) {
      throw new TemplateException("the step of a slice is 0");
    }
    boolean isText = target instanceof String;
    if (!isText && !(target instanceof List<?>)) {
      throw new TemplateException(Values.kind(target) + " cannot be sliced");
    }
    List<Object> items = contents.items(target);
    int size = items.size();
    long first = bound(from, stride > 0 ? 0 : size - 1, stride, size);
    long end = bound(to, stride > 0 ? size : -1, stride, size);
    List<Object> taken = new ArrayList<>();
    // A longer stride leaves the list as well, and no sum overflows.
    stride = Math.clamp(stride, -size - 1, size + 1);
    for (long i = first; stride > 0 ? i < end : i > end; i += stride) {
      taken.add(items.get((int) i));
    }
    return isText ? taken.stream().map(contents::text).collect(Collectors.joining()) : taken;
  }

  private static long bound(Object value, long absent, long stride, int size) {
    if (value == None.NONE) {
      return absent;
    }
    long index = Values.requireWhole(value);
    long shifted = index < 0 ? Math.max(index, -(long) size - 1) + size : index;
    return stride > 0 ? Math.clamp(shifted, 0, size) : Math.clamp(shifted, -1, size - 1);
  }

  static void refuseUndefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
  }
}
