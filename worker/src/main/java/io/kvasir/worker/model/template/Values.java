package io.kvasir.worker.model.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** What Python does with single values of these kinds: truth, order, numbers and keys. */
final class Values {

  private Values() {}

  static boolean isTrue(Object value) {
    return switch (value) {
      case Boolean flag -> flag;
      case String text -> !text.isEmpty();
      case Long whole -> whole != 0;
      case Double real -> real != 0;
      case List<?> items -> !items.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case None _ -> false;
      case Undefined _ -> false;
      default -> true;
    };
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double real(Object number) {
    return switch (number) {
      case Long whole -> whole;
      case Double real -> real;
      case Boolean flag -> flag ? 1 : 0;
      default -> throw new TemplateException("expected a number, found " + kind(number));
    };
  }

  static int compare(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return Double.compare(real(left), real(right));
    }
    if (left instanceof String a && right instanceof String b) {
      return a.compareTo(b);
    }
    throw new TemplateException("cannot compare " + kind(left) + " with " + kind(right));
  }

  static String requireText(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new TemplateException("expected a string, found " + kind(value));
  }

  static long requireWhole(Object value) {
    return switch (value) {
      case Long whole -> whole;
      case Boolean flag -> flag ? 1 : 0;
      default -> throw new TemplateException("expected an integer, found " + kind(value));
    };
  }

  /** A value that may be the key of a dict or in a set: what cannot change and is quick to hash. */
  static Object requireKey(Object value) {
    if (!isKey(value)) {
      throw new TemplateException(kind(value) + " cannot be a key");
    }
    return value;
  }

  static boolean isKey(Object value) {
    return !(value instanceof List<?> || value instanceof Map<?, ?>);
  }

  static long length(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Undefined _ -> 0;
      default -> throw new TemplateException(kind(value) + " has no length");
    };
  }

  static String kind(Object value) {
    return switch (value) {
      case String _ -> "a string";
      case Long _ -> "an integer";
      case Double _ -> "a number";
      case Boolean _ -> "a boolean";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a dict";
      case None _ -> "none";
      case Undefined undefined -> "the undefined " + undefined.what();
      case Namespace _ -> "a namespace";
      default -> "a function";
    };
  }

  static String realText(double real) {
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return Double.isNaN(real) ? "nan" : real > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(real);
    if (size == 0 || (size >= 1e-4 && size < 1e16)) {
      String plain = new BigDecimal(Double.toString(real)).toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    return Double.toString(real).replace(".0E", "E").replace("E-", "e-").replace("E", "e+");
  }
}
