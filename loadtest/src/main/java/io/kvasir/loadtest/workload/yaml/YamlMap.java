package io.kvasir.loadtest.workload.yaml;

import io.kvasir.loadtest.workload.Durations;
import io.kvasir.loadtest.workload.WorkloadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping that knows where it stands and which of its keys were asked for, so that the others can
 * be refused by name. Every problem is a {@link WorkloadException} of one line with file, line and
 * key. Confined to one thread.
 */
public final class YamlMap {
  private final YamlFile file;
  private final String path;
  private final Map<?, ?> values;
  private final TreeSet<String> known = new TreeSet<>();

  private YamlMap(YamlFile file, String path, int line, Object value) {
    this.file = file;
    this.path = path;
    if (!(value instanceof Map<?, ?> map)) {
      throw new WorkloadException(
          file.place(line, path) + "a mapping is needed here, not '" + value + "'");
    }
    values = map;
  }

  /**
   * Reads a file whose root is a mapping.
   *
   * @param source where it comes from, for messages
   * @throws WorkloadException if it is not YAML, or something in it is not as it should be
   */
  public static <T> T read(String source, String yaml, Function<YamlMap, T> reader) {
    YamlFile file = YamlFile.parse(source, yaml);
    return read(file, "", 1, file.root(), reader);
  }

  /** Refuses every key that was never asked for. */
  private void refuseUnknownKeys() {
    for (Object key : values.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw new WorkloadException(
            "%sunknown key '%s'; known keys: %s"
                .formatted(place(String.valueOf(key)), key, String.join(", ", known)));
      }
    }
  }

  private String place(String key) {
    return file.place(file.line(values, key), path);
  }

  /** A problem with the value of a key. */
  public WorkloadException error(String key, String problem) {
    return new WorkloadException(place(key) + key + ": " + problem);
  }

  private WorkloadException outside(String key, double value, String least, double most) {
    return error(key, "is " + plain(value) + ", must be " + least + " to " + plain(most));
  }

  /** As people write it: whole numbers without a point. */
  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  public boolean has(String key) {
    return get(key).isPresent();
  }

  /** The value of a key, if it is there. */
  public Optional<Object> get(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  /** The value of a key that must be there. */
  public Object required(String key) {
    return get(key).orElseThrow(() -> error(key, "missing"));
  }

  public String text(String key, String otherwise) {
    return get(key).map(String::valueOf).orElse(otherwise);
  }

  public boolean flag(String key, boolean otherwise) {
    return get(key).map(value -> as(key, "true or false", value, Boolean.class)).orElse(otherwise);
  }

  public double number(String key, double otherwise) {
    return get(key).map(value -> number(key, value)).orElse(otherwise);
  }

  /** A number within bounds, both included, if it is there. */
  public double number(String key, double otherwise, double least, double most) {
    double value = number(key, otherwise);
    if (has(key) && !(value >= least && value <= most)) {
      throw outside(key, value, plain(least), most);
    }
    return value;
  }

  /** A number above 0 and up to a bound, if it is there. */
  public double positive(String key, double otherwise, double most) {
    double value = number(key, otherwise);
    if (has(key) && !(value > 0 && value <= most)) {
      throw outside(key, value, "above 0", most);
    }
    return value;
  }

  public int whole(String key, int otherwise) {
    return get(key)
        .map(value -> as(key, "a whole number", value, Integer.class).intValue())
        .orElse(otherwise);
  }

  /** A whole number within bounds, both included, if it is there. */
  public int whole(String key, int otherwise, int least, int most) {
    int value = whole(key, otherwise);
    if (has(key) && (value < least || value > most)) {
      throw outside(key, value, plain(least), most);
    }
    return value;
  }

  /** A whole number of 64 bits. */
  public long wholeLong(String key, long otherwise) {
    return get(key)
        .map(value -> value instanceof Integer small ? Long.valueOf(small) : value)
        .map(value -> as(key, "a whole number", value, Long.class).longValue())
        .orElse(otherwise);
  }

  public int whole(String key) {
    return as(key, "a whole number", required(key), Integer.class);
  }

  /** A time such as 20s. */
  public Duration duration(String key, String otherwise) {
    try {
      return Durations.parse(text(key, otherwise));
    } catch (IllegalArgumentException e) {
      throw error(key, String.valueOf(e.getMessage()));
    }
  }

  /** A list of numbers. */
  public double[] numbers(String key) {
    return list(key).stream().mapToDouble(value -> number(key, value)).toArray();
  }

  public List<?> list(String key) {
    return as(key, "a list", required(key), List.class);
  }

  /** The keys of this mapping, all of which count as asked for. */
  public List<String> keys() {
    List<String> keys = values.keySet().stream().map(String::valueOf).toList();
    known.addAll(keys);
    return keys;
  }

  /** The mapping under {@code key}, read by {@code reader} and then checked for unknown keys. */
  public <T> Optional<T> map(String key, Function<YamlMap, T> reader) {
    return get(key)
        .map(value -> read(file, path + key + ": ", file.line(values, key), value, reader));
  }

  /** The list of mappings under {@code key}. */
  public <T> List<T> maps(String key, Function<YamlMap, T> reader) {
    return either(key, null, reader);
  }

  /**
   * The list under {@code key}, of mappings or of names.
   *
   * @param named turns a name into what a mapping would be
   */
  public <T> List<T> namesOrMaps(
      String key, Function<String, T> named, Function<YamlMap, T> reader) {
    return either(key, named, reader);
  }

  private <T> List<T> either(
      String key, @Nullable Function<String, T> named, Function<YamlMap, T> reader) {
    List<T> read = new ArrayList<>();
    for (Object value : list(key)) {
      String at = "%s%s[%d]: ".formatted(path, key, read.size());
      int line = file.line(values, key);
      if (named != null && value instanceof String name) {
        try {
          read.add(named.apply(name));
        } catch (IllegalArgumentException e) {
          throw new WorkloadException(file.place(line, at) + e.getMessage(), e);
        }
      } else {
        read.add(read(file, at, line, value, reader));
      }
    }
    return read;
  }

  /**
   * Reads a whole mapping; an IllegalArgumentException of its values, which comes after all of them
   * were read, becomes an error at its place.
   */
  private static <T> T read(
      YamlFile file, String path, int line, Object value, Function<YamlMap, T> reader) {
    int first = file.firstLine(value, line);
    YamlMap map = new YamlMap(file, path, first, value);
    T result;
    try {
      result = reader.apply(map);
    } catch (IllegalArgumentException e) {
      // A misspelt key often is why another value is missing.
      map.refuseUnknownKeys();
      throw new WorkloadException(file.place(first, path) + e.getMessage(), e);
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
