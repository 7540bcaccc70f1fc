package io.kvasir.worker.model.gguf;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The key-value part of a model file, with getters that refuse a value of the wrong kind. */
public final class GgufMetadata {

  private final Path file;
  private final Map<String, GgufValue> values;

  public GgufMetadata(Path file, Map<String, GgufValue> values) {
    this.file = file;
    this.values = values;
  }

  /** The file this metadata came from. */
  public Path file() {
    return file;
  }

  /** A refusal that names this file. */
  public ModelFormatException refuse(String problem) {
    return new ModelFormatException(file, problem);
  }

  /** A string, if the key is present. */
  public Optional<String> text(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      case GgufValue other -> throw wrongKind(key, "a string", other);
    };
  }

  /** A string that has to be there. */
  public String requireText(String key) {
    return text(key).orElseThrow(() -> missing(key));
  }

  /**
   * An integer within bounds.
   *
   * @param absent what a missing key stands for; null if it has to be there
   */
  public int whole(String key, @Nullable Integer absent, int min, int max) {
    OptionalLong number = whole(key);
    if (number.isEmpty()) {
      if (absent == null) {
        throw missing(key);
      }
      return absent;
    }
    if (number.getAsLong() < min || number.getAsLong() > max) {
      throw refuse(key + " is " + number.getAsLong() + ", must be " + min + " to " + max);
    }
    return (int) number.getAsLong();
  }

  /** An integer, if the key is present. */
  public OptionalLong whole(String key) {
    return switch (values.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Whole whole -> OptionalLong.of(whole.value());
      case GgufValue other -> throw wrongKind(key, "an integer", other);
    };
  }

  /** A finite number above zero, or {@code absent} if the key is missing. */
  public double positive(String key, @Nullable Double absent) {
    double number;
    switch (values.get(key)) {
      case null -> {
        if (absent == null) {
          throw missing(key);
        }
        return absent;
      }
      case GgufValue.Real real -> number = real.value();
      case GgufValue.Whole whole -> number = whole.value();
      case GgufValue other -> throw wrongKind(key, "a number", other);
    }
    if (!(number > 0) || Double.isInfinite(number)) {
      throw refuse(key + " is " + number + ", must be a finite number above 0");
    }
    return number;
  }

  /** A boolean, or {@code absent} if the key is missing. */
  public boolean flag(String key, boolean absent) {
    return switch (values.get(key)) {
      case null -> absent;
      case GgufValue.Flag flag -> flag.value();
      case GgufValue other -> throw wrongKind(key, "a boolean", other);
    };
  }

  /** An array of strings, if the key is present. */
  public Optional<String[]> texts(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Texts texts -> Optional.of(texts.values());
      case GgufValue other -> throw wrongKind(key, "an array of strings", other);
    };
  }

  /** An array of integers, if the key is present. */
  public Optional<long[]> wholes(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Wholes wholes -> Optional.of(wholes.values());
      case GgufValue other -> throw wrongKind(key, "an array of integers", other);
    };
  }

  /** An array of numbers, if the key is present. */
  public Optional<float[]> reals(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Reals reals -> Optional.of(reals.values());
      case GgufValue other -> throw wrongKind(key, "an array of numbers", other);
    };
  }

  /** All keys that begin with a prefix, and their values, in the order of the file. */
  public Map<String, GgufValue> under(String prefix) {
    Map<String, GgufValue> found = new LinkedHashMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key, value);
      }
    });
    return found;
  }

  /** Whether the key is present. */
  public boolean contains(String key) {
    return values.containsKey(key);
  }

  private ModelFormatException missing(String key) {
    return refuse("metadata key " + key + " is missing");
  }

  private ModelFormatException wrongKind(String key, String expected, GgufValue found) {
    return refuse(key + " must be " + expected + ", is " + found.kind());
  }
}
