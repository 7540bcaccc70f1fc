package io.kvasir.worker.model.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What Python does with values of these kinds: truth, equality, order and spelling. */
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

  static boolean areEqual(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return (left instanceof Double || right instanceof Double)
          ? real(left) == real(right)
          : requireWhole(left) == requireWhole(right);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      boolean equal = a.size() == b.size();
      for (int i = 0; equal && i < a.size(); i++) {
        equal = areEqual(a.get(i), b.get(i));
      }
      return equal;
    }
    if (left instanceof Undefined && right instanceof Undefined) {
      return true;
    }
    return left.equals(right);
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

  /** The items of a list, the keys of a map, the characters of a string; nothing of undefined. */
  static List<Object> items(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> {
        List<Object> characters = new ArrayList<>();
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        yield characters;
      }
      case Undefined _ -> List.of();
      default -> throw new TemplateException(kind(value) + " cannot be iterated over");
    };
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

  /** As the template prints it. */
  static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Undefined _ -> "";
      default -> {
        StringBuilder out = new StringBuilder();
        appendLiteral(value, out);
        yield out.toString();
      }
    };
  }

  /** As Python's {@code repr} spells it. */
  private static void appendLiteral(Object value, StringBuilder out) {
    switch (value) {
      case Boolean flag -> out.append(flag ? "True" : "False");
      case None _ -> out.append("None");
      case Long whole -> out.append(whole);
      case Double real -> out.append(realText(real));
      case String text -> appendQuoted(text, out);
      case List<?> items -> {
        out.append('[');
        String separator = "";
        for (Object item : items) {
          out.append(separator);
          appendLiteral(item, out);
          separator = ", ";
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          appendLiteral(entry.getKey(), out);
          out.append(": ");
          appendLiteral(entry.getValue(), out);
          separator = ", ";
        }
        out.append('}');
      }
      default -> out.append('<').append(kind(value)).append('>');
    }
  }

  private static void appendQuoted(String text, StringBuilder out) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\');
          }
          out.append(c);
        }
      }
    }
    out.append(quote);
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
