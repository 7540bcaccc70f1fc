package io.kvasir.worker.model.template;

import java.util.List;
import java.util.Map;

/** Values handed to a function, filter, test or macro. */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** The argument at a position or of a name, or {@code absent}. */
  Object get(int position, String name, Object absent) {
    return position < positional.size()
        ? positional.get(position)
        : named.getOrDefault(name, absent);
  }

  Object require(int position, String name) {
    Object value = get(position, name, Arguments.class);
    if (value == Arguments.class) {
      throw new TemplateException("the argument " + name + " is missing");
    }
    return value;
  }

  String text(int position, String name) {
    return Values.requireText(require(position, name));
  }

  boolean has(int position, String name) {
    return position < positional.size() || named.containsKey(name);
  }

  long whole(int position, String name, long absent) {
    return Values.requireWhole(get(position, name, absent));
  }

  /** The same arguments without the first positional one. */
  Arguments rest() {
    return positional.isEmpty()
        ? this
        : new Arguments(positional.subList(1, positional.size()), named);
  }
}
