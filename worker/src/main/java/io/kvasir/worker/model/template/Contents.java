package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Walks through what values hold. Every item on the way is paid for: a list may hold another many
 * times over, so that few steps build what takes for ever to print or compare.
 */
final class Contents {

  private final Budget budget;

  Contents(Budget budget) {
    this.budget = budget;
  }

  /** The items of a list, the keys of a map, the characters of a string; nothing of undefined. */
  List<Object> items(Object value) {
    return switch (value) {
      case List<?> list -> {
        budget.spend(list.size());
        yield new ArrayList<>(list);
      }
      case Map<?, ?> map -> {
        budget.spend(map.size());
        yield new ArrayList<>(map.keySet());
      }
      case String text -> {
        budget.spend(text.length());
        List<Object> characters = new ArrayList<>();
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        yield characters;
      }
      case Undefined _ -> List.of();
      default -> throw new TemplateException(Values.kind(value) + " cannot be iterated over");
    };
  }

  boolean areEqual(Object left, Object right) {
    budget.spend(1);
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return (left instanceof Double || right instanceof Double)
          ? Values.real(left) == Values.real(right)
          : Values.requireWhole(left) == Values.requireWhole(right);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      boolean equal = a.size() == b.size();
      for (int i = 0; equal && i < a.size(); i++) {
        equal = areEqual(a.get(i), b.get(i));
      }
      return equal;
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size()
          && a.entrySet().stream()
              .allMatch(entry -> {
                Object other = b.get(entry.getKey());
                return other != null && areEqual(entry.getValue(), other);
              });
    }
    if (left instanceof Undefined && right instanceof Undefined) {
      return true;
    }
    return left.equals(right);
  }

  /** As the template prints it. */
  String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Undefined _ -> "";
      default -> {
        StringBuilder out = new StringBuilder();
        appendLiteral(value, out);
        budget.spendChars(out.length());
        yield out.toString();
      }
    };
  }

  /** As Python's {@code repr} spells it. */
  private void appendLiteral(Object value, StringBuilder out) {
    budget.spend(1);
    switch (value) {
      case Boolean flag -> out.append(flag ? "True" : "False");
      case None _ -> out.append("None");
      case Long whole -> out.append(whole);
      case Double real -> out.append(Values.realText(real));
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
      default -> out.append('<').append(Values.kind(value)).append('>');
    }
  }

  private void appendQuoted(String text, StringBuilder out) {
    budget.spendChars(text.length());
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
}
