package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings, lists and dicts that templates use and that change nothing. */
final class Methods {

  private final Budget budget;
  private final Contents contents;

  Methods(Budget budget) {
    this.budget = budget;
    this.contents = new Contents(budget);
  }

  /** The method of a value, if it has one of this name. */
  Optional<Function> find(Object target, String name) {
    Function method =
        switch (target) {
          case String text -> ofText(text, name);
          case List<?> list -> ofList(list, name);
          case Map<?, ?> map -> ofMap(map, name);
          default -> null;
        };
    return Optional.ofNullable(method);
  }

  private @Nullable Function ofText(String text, String name) {
    budget.spendChars(text.length());
    return switch (name) {
      case "strip" -> arguments -> strip(text, arguments, true, true);
      case "lstrip" -> arguments -> strip(text, arguments, true, false);
      case "rstrip" -> arguments -> strip(text, arguments, false, true);
      case "upper" -> _ -> text.toUpperCase(Locale.ROOT);
      case "lower" -> _ -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> _ -> capitalize(text);
      case "title" -> _ -> title(text);
      case "startswith" -> arguments -> anyOf(arguments.require(0, "prefix"), text::startsWith);
      case "endswith" -> arguments -> anyOf(arguments.require(0, "suffix"), text::endsWith);
      case "removeprefix" ->
          arguments -> {
            String prefix = arguments.text(0, "prefix");
            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
          };
      case "removesuffix" ->
          arguments -> {
            String suffix = arguments.text(0, "suffix");
            return text.endsWith(suffix)
                ? text.substring(0, text.length() - suffix.length())
                : text;
          };
      case "replace" ->
          arguments ->
              replace(
                  text,
                  arguments.text(0, "old"),
                  arguments.text(1, "new"),
                  arguments.whole(2, "count", -1));
      case "split" -> arguments -> split(text, arguments);
      case "splitlines" -> _ -> new ArrayList<Object>(text.lines().toList());
      case "find" -> arguments -> find(text, arguments.text(0, "sub"));
      case "count" -> arguments -> count(text, arguments.text(0, "sub"));
      case "join" -> arguments -> join(contents.items(arguments.require(0, "items")), text);
      case "isdigit" -> _ -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      case "isalpha" -> _ -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetter);
      case "isspace" -> _ -> !text.isEmpty() && text.codePoints().allMatch(Character::isWhitespace);
      default -> null;
    };
  }

  private @Nullable Function ofList(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          arguments -> {
            Object item = arguments.require(0, "item");
            for (int i = 0; i < list.size(); i++) {
              if (contents.areEqual(list.get(i), item)) {
                return (long) i;
              }
            }
            throw new TemplateException("the list has no such item");
          };
      case "count" ->
          arguments -> {
            Object item = arguments.require(0, "item");
            return list.stream().filter(other -> contents.areEqual(other, item)).count();
          };
      default -> null;
    };
  }

  private @Nullable Function ofMap(Map<?, ?> map, String name) {
    budget.spend(map.size());
    return switch (name) {
      case "items" -> _ -> entries(map);
      case "keys" -> _ -> new ArrayList<Object>(map.keySet());
      case "values" -> _ -> new ArrayList<Object>(map.values());
      case "get" ->
          arguments -> {
            Object value = map.get(Values.requireKey(arguments.require(0, "key")));
            return value == null ? arguments.get(1, "default", None.NONE) : value;
          };
      default -> null;
    };
  }

  static List<Object> entries(Map<?, ?> map) {
    List<Object> entries = new ArrayList<>();
    map.forEach((key, value) -> entries.add(List.of(key, value)));
    return entries;
  }

  String strip(String text, Arguments arguments, boolean left, boolean right) {
    Object chars = arguments.get(0, "chars", None.NONE);
    String set = chars == None.NONE ? null : Values.requireText(chars);
    budget.spendSearch(text.length(), set == null ? 0 : set.length());
    int from = 0;
    int to = text.length();
    while (left && from < to && isStripped(text.charAt(from), set)) {
      from++;
    }
    while (right && to > from && isStripped(text.charAt(to - 1), set)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isStripped(char c, @Nullable String set) {
    return set == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085'
        : set.indexOf(c) >= 0;
  }

  static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  private static boolean anyOf(Object affixes, Predicate<String> test) {
    return affixes instanceof List<?> list
        ? list.stream().map(Values::requireText).anyMatch(test)
        : test.test(Values.requireText(affixes));
  }

  String replace(String text, String old, String replacement, long countMax) {
    long found = old.isEmpty() ? text.length() + 1L : count(text, old);
    long times = countMax < 0 ? found : Math.min(found, countMax);
    budget.spendChars(text.length() + times * replacement.length());
    if (countMax < 0) {
      return text.replace(old, replacement);
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (long i = 0; i < times; i++) {
      int next = text.indexOf(old, at);
      out.append(text, at, next).append(replacement);
      at = next + old.length();
    }
    return out.append(text, at, text.length()).toString();
  }

  private long find(String text, String part) {
    budget.spendSearch(text.length(), part.length());
    return text.indexOf(part);
  }

  private long count(String text, String part) {
    budget.spendSearch(text.length(), part.length());
    if (part.isEmpty()) {
      return text.length() + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private List<Object> split(String text, Arguments arguments) {
    Object separator = arguments.get(0, "sep", None.NONE);
    long splitsMax = arguments.whole(1, "maxsplit", -1);
    List<Object> parts = new ArrayList<>();
    if (separator == None.NONE) {
      for (String part : text.strip().split("\\s+", splitsMax < 0 ? 0 : (int) splitsMax + 1)) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
      budget.spend(parts.size());
      return parts;
    }
    String between = Values.requireText(separator);
    if (between.isEmpty()) {
      throw new TemplateException("the separator of split is empty");
    }
    budget.spendSearch(text.length(), between.length());
    int at = 0;
    int next = text.indexOf(between);
    while (next >= 0 && (splitsMax < 0 || parts.size() < splitsMax)) {
      parts.add(text.substring(at, next));
      at = next + between.length();
      next = text.indexOf(between, at);
    }
    parts.add(text.substring(at));
    budget.spend(parts.size());
    return parts;
  }

  String join(List<Object> items, String separator) {
    StringBuilder out = new StringBuilder();
    String between = "";
    for (Object item : items) {
      String text = contents.text(item);
      budget.spendChars((long) out.length() + between.length() + text.length());
      out.append(between).append(text);
      between = separator;
    }
    return out.toString();
  }
}
