package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** The filters behind {@code |}. */
final class Filters {

  private static final Comparator<Object> ORDER = Values::compare;
  private static final int INDENT_MAX = 1000;

  private final Budget budget;
  private final Contents contents;
  private final Operators operators;
  private final Methods methods;
  private final Tests tests;
  private final BiFunction<Object, String, Object> attribute;

  Filters(
      Budget budget,
      Operators operators,
      Methods methods,
      Tests tests,
      BiFunction<Object, String, Object> attribute) {
    this.budget = budget;
    this.contents = new Contents(budget);
    this.operators = operators;
    this.methods = methods;
    this.tests = tests;
    this.attribute = attribute;
  }

  Object apply(String name, Object input, Arguments arguments) {
    return switch (name) {
      case "default", "d" -> {
        boolean replaced =
            input instanceof Undefined
                || (Values.isTrue(arguments.get(1, "boolean", false)) && !Values.isTrue(input));
        yield replaced ? arguments.get(0, "default_value", "") : input;
      }
      case "length", "count" -> length(input);
      case "string" -> contents.text(input);
      case "safe" -> input;
      case "tojson" -> json(input, arguments);
      case "abs", "int", "float", "round" -> number(name, input, arguments);
      case "trim", "upper", "lower", "capitalize", "title", "replace", "indent", "format" ->
          text(name, contents.text(input), arguments);
      default -> {
        if (input instanceof Map<?, ?> map && (name.equals("items") || name.equals("dictsort"))) {
          List<Object> entries = Methods.entries(map);
          yield name.equals("items") ? entries : sorted(entries, entry -> first(entry), false);
        }
        yield list(name, input, arguments);
      }
    };
  }

  private long length(Object input) {
    budget.spendChars(input instanceof String text ? text.length() : 0);
    return Values.length(input);
  }

  private Object text(String name, String input, Arguments arguments) {
    budget.spendChars(input.length());
    return switch (name) {
      case "trim" -> methods.strip(input, arguments, true, true);
      case "upper" -> input.toUpperCase(Locale.ROOT);
      case "lower" -> input.toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalize(input);
      case "title" -> Methods.title(input);
      case "replace" ->
          methods.replace(
              input,
              arguments.text(0, "old"),
              arguments.text(1, "new"),
              arguments.whole(2, "count", -1));
      case "indent" -> indent(input, arguments);
      default -> format(input, arguments);
    };
  }

  private String indent(String input, Arguments arguments) {
    long width = Math.clamp(arguments.whole(0, "width", 4), 0, INDENT_MAX);
    boolean first = Values.isTrue(arguments.get(1, "first", false));
    boolean blank = Values.isTrue(arguments.get(2, "blank", false));
    String pad = " ".repeat((int) width);
    StringBuilder out = new StringBuilder();
    String[] lines = input.split("\n", -1);
    budget.spendChars(input.length() + lines.length * width);
    for (int i = 0; i < lines.length; i++) {
      boolean padded = i == 0 ? first : blank || !lines[i].isEmpty();
      out.append(i == 0 ? "" : "\n").append(padded ? pad : "").append(lines[i]);
    }
    return out.toString();
  }

  private String format(String input, Arguments arguments) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < input.length(); i++) {
      char c = input.charAt(i);
      if (c != '%' || i + 1 == input.length()) {
        out.append(c);
        continue;
      }
      switch (input.charAt(++i)) {
        case '%' -> out.append('%');
        case 's' -> out.append(contents.text(arguments.require(next++, "value")));
        case 'd' -> out.append(Values.requireWhole(arguments.require(next++, "value")));
        default -> throw new TemplateException("format supports text and integers only");
      }
      budget.spendChars(out.length());
    }
    return out.toString();
  }

  private Object json(Object input, Arguments arguments) {
    Object indent = arguments.get(0, "indent", None.NONE);
    int width = indent == None.NONE ? -1 : Math.clamp(Values.requireWhole(indent), 0, INDENT_MAX);
    return Json.write(input, width, budget);
  }

  private static Object number(String name, Object input, Arguments arguments) {
    try {
      return switch (name) {
        case "abs" ->
            input instanceof Double real
                ? (Object) Math.abs(real)
                : (Object) Math.abs(Values.requireWhole(input));
        case "int" ->
            input instanceof String text ? Long.parseLong(text.strip()) : (long) Values.real(input);
        case "float" ->
            input instanceof String text ? Double.parseDouble(text.strip()) : Values.real(input);
        default -> {
          double scale = Math.pow(10, (double) arguments.whole(0, "precision", 0));
          yield Math.rint(Values.real(input) * scale) / scale;
        }
      };
    } catch (NumberFormatException _) {
      Object zero = name.equals("int") ? (Object) 0L : (Object) 0.0;
      return arguments.get(0, "default", zero);
    }
  }

  private Object list(String name, Object input, Arguments arguments) {
    List<Object> items = contents.items(input);
    return switch (name) {
      case "list" -> items;
      case "first" -> items.isEmpty() ? new Undefined("the first item") : items.getFirst();
      case "last" -> items.isEmpty() ? new Undefined("the last item") : items.getLast();
      case "join" -> join(items, arguments);
      case "reverse" ->
          input instanceof String text
              ? new StringBuilder(text).reverse().toString()
              : items.reversed();
      case "unique" -> unique(items);
      case "sum" -> sum(items, arguments);
      case "min" -> items.stream().min(ORDER).orElse(new Undefined("the least item"));
      case "max" -> items.stream().max(ORDER).orElse(new Undefined("the largest item"));
      case "sort" -> {
        Object by = arguments.get(2, "attribute", None.NONE);
        yield sorted(
            items,
            item -> by == None.NONE ? item : attribute.apply(item, Values.requireText(by)),
            Values.isTrue(arguments.get(0, "reverse", false)));
      }
      case "map" -> map(items, arguments);
      case "select" -> items.stream().filter(item -> selected(item, arguments)).toList();
      case "reject" -> items.stream().filter(item -> !selected(item, arguments)).toList();
      case "selectattr" ->
          items.stream()
              .filter(item -> selected(attributeOf(item, arguments), arguments.rest()))
              .toList();
      case "rejectattr" ->
          items.stream()
              .filter(item -> !selected(attributeOf(item, arguments), arguments.rest()))
              .toList();
      default -> throw new TemplateException("the filter '" + name + "' is not supported here");
    };
  }

  private Object attributeOf(Object item, Arguments arguments) {
    return attribute.apply(item, arguments.text(0, "attribute"));
  }

  private boolean selected(Object item, Arguments arguments) {
    budget.spend(1);
    return arguments.positional().isEmpty()
        ? Values.isTrue(item)
        : tests.test(alias(arguments.text(0, "test")), item, arguments.rest());
  }

  private static String alias(String test) {
    return switch (test) {
      case "==" -> "eq";
      case "!=" -> "ne";
      case "<" -> "lt";
      case "<=" -> "le";
      case ">" -> "gt";
      case ">=" -> "ge";
      default -> test;
    };
  }

  private Object map(List<Object> items, Arguments arguments) {
    List<Object> mapped = new ArrayList<>();
    Object by = arguments.named().getOrDefault("attribute", None.NONE);
    for (Object item : items) {
      budget.spend(1);
      if (by == None.NONE) {
        mapped.add(apply(arguments.text(0, "filter"), item, arguments.rest()));
      } else {
        Object value = attribute.apply(item, Values.requireText(by));
        mapped.add(
            value instanceof Undefined ? arguments.named().getOrDefault("default", value) : value);
      }
    }
    return mapped;
  }

  private Object join(List<Object> items, Arguments arguments) {
    Object by = arguments.get(1, "attribute", None.NONE);
    List<Object> parts =
        by == None.NONE
            ? items
            : items.stream().map(item -> attribute.apply(item, Values.requireText(by))).toList();
    return methods.join(parts, contents.text(arguments.get(0, "d", "")));
  }

  private static List<Object> unique(List<Object> items) {
    Map<Object, Object> seen = new LinkedHashMap<>();
    items.forEach(item -> seen.putIfAbsent(Values.requireKey(item), item));
    return new ArrayList<>(seen.keySet());
  }

  private Object sum(List<Object> items, Arguments arguments) {
    Object total = arguments.get(1, "start", 0L);
    for (Object item : items) {
      total = operators.binary("+", total, item);
    }
    return total;
  }

  private static List<Object> sorted(
      List<Object> items, java.util.function.Function<Object, Object> key, boolean reverse) {
    Comparator<Object> order =
        Comparator.comparing(
            key,
            (left, right) ->
                left instanceof String a && right instanceof String b
                    ? a.compareToIgnoreCase(b)
                    : Values.compare(left, right));
    List<Object> result = new ArrayList<>(items);
    result.sort(reverse ? order.reversed() : order);
    return result;
  }

  private static Object first(Object entry) {
    return ((List<?>) entry).getFirst();
  }
}
