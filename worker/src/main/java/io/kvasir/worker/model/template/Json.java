package io.kvasir.worker.model.template;

import java.util.List;
import java.util.Map;

/** Writes values as Python's {@code json.dumps} does with {@code ensure_ascii=False}. */
final class Json {

  private final StringBuilder out = new StringBuilder();
  private final int indent;
  private final Budget budget;

  private Json(int indent, Budget budget) {
    this.indent = indent;
    this.budget = budget;
  }

  /**
   * A value as JSON.
   *
   * @param indent spaces per level; below zero for one line
   */
  static String write(Object value, int indent, Budget budget) {
    Json json = new Json(indent, budget);
    json.append(value, 1);
    budget.spendChars(json.out.length());
    return json.out.toString();
  }

  private void append(Object value, int depth) {
    budget.spend(1);
    switch (value) {
      case String text -> string(text);
      case Boolean flag -> out.append(flag);
      case None _ -> out.append("null");
      case Long whole -> out.append(whole);
      case Double real -> out.append(Values.realText(real));
      case List<?> items -> {
        out.append('[');
        String separator = "";
        for (Object item : items) {
          out.append(separator);
          newLine(depth);
          append(item, depth + 1);
          separator = separator();
        }
        close(items.isEmpty(), depth, ']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          newLine(depth);
          string(new Contents(budget).text(entry.getKey()));
          out.append(": ");
          append(entry.getValue(), depth + 1);
          separator = separator();
        }
        close(map.isEmpty(), depth, '}');
      }
      default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
    }
  }

  private String separator() {
    return indent < 0 ? ", " : ",";
  }

  private void newLine(int depth) {
    if (indent >= 0) {
      budget.spendChars((long) indent * depth);
      out.append('\n').repeat(' ', indent * depth);
    }
  }

  private void close(boolean empty, int depth, char bracket) {
    if (!empty) {
      newLine(depth - 1);
    }
    out.append(bracket);
  }

  private void string(String text) {
    budget.spendChars(text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
