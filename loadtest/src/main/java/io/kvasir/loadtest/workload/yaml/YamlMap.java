package io.kvasir.loadtest.workload.yaml;

import io.kvasir.loadtest.workload.WorkloadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A mapping that knows where it stands and which of its keys were asked for, so that the others can
 * be refused by name.
 */
final class YamlMap {
  private final String place;
  private final Map<?, ?> values;
  private final TreeSet<String> known = new TreeSet<>();

  YamlMap(String place, Object value) {
    this.place = place;
    if (!(value instanceof Map<?, ?> map)) {
      throw new WorkloadException(place + ": a mapping is needed here, not '" + value + "'");
    }
    values = map;
  }

  /** Refuses every key that was never asked for. */
  void refuseUnknownKeys() {
    for (Object key : values.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw new WorkloadException(
            "%s: unknown key '%s'; known keys: %s".formatted(place, key, String.join(", ", known)));
      }
    }
  }

  WorkloadException error(String key, String problem) {
    return new WorkloadException(place + ": " + key + ": " + problem);
  }

  boolean has(String key) {
    return get(key).isPresent();
  }

  Optional<Object> get(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  Object required(String key) {
    return get(key).orElseThrow(() -> error(key, "missing"));
  }

  String text(String key, String otherwise) {
    return get(key).map(String::valueOf).orElse(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return get(key).map(value -> as(key, "true or false", value, Boolean.class)).orElse(otherwise);
  }

  double number(String key, double otherwise) {
    return get(key).map(value -> number(key, value)).orElse(otherwise);
  }

  int whole(String key, int otherwise) {
    return get(key)
        .map(value -> as(key, "a whole number", value, Integer.class).intValue())
        .orElse(otherwise);
  }

  int whole(String key) {
    return as(key, "a whole number", required(key), Integer.class);
  }

  double[] numbers(String key) {
    return list(key).stream().mapToDouble(value -> number(key, value)).toArray();
  }

  List<?> list(String key) {
    return as(key, "a list", required(key), List.class);
  }

  /** The mapping under {@code key}, read by {@code reader} and then checked for unknown keys. */
  <T> Optional<T> map(String key, Function<YamlMap, T> reader) {
    return get(key).map(value -> read(place + ": " + key, value, reader));
  }

  /** The list of mappings under {@code key}. */
  <T> List<T> maps(String key, Function<YamlMap, T> reader) {
    List<T> read = new ArrayList<>();
    for (Object value : list(key)) {
      read.add(read("%s: %s[%d]".formatted(place, key, read.size()), value, reader));
    }
    return read;
  }

  /**
   * Reads a whole mapping; an IllegalArgumentException of its values, which comes after all of them
   * were read, becomes an error at its place.
   */
  static <T> T read(String place, Object value, Function<YamlMap, T> reader) {
    YamlMap map = new YamlMap(place, value);
    T result;
    try {
      result = reader.apply(map);
    } catch (IllegalArgumentException e) {
      // A misspelt key often is why another value is missing.
      map.refuseUnknownKeys();
      throw new WorkloadException(place + ": " + e.getMessage(), e);
    }
    map.refuseUnknownKeys();
    return result;
  }

  private double number(String key, Object value) {
    return as(key, "a number", value, Number.class).doubleValue();
  }

  private <T> T as(String key, String what, Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw error(key, "'" + value + "' is not " + what);
    }
    return type.cast(value);
  }
}
