package io.kvasir.worker.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An amount of memory as people write it: {@code 256MiB}, {@code 1GiB}, {@code 4096}.
 *
 * @param bytes at least 1
 */
public record MemorySize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB|TiB)?");

  /**
   * Reads what people write.
   *
   * @throws IllegalArgumentException if it is no such amount
   */
  public static MemorySize parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      String unit = form.group(2) == null ? "B" : form.group(2);
      int shift =
          switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> 0;
          };
      long number = Long.parseLong(form.group(1));
      if (number > 0 && number <= Long.MAX_VALUE >> shift) {
        return new MemorySize(number << shift);
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a size above 0 like 4096, 64KiB, 256MiB or 2GiB");
  }

  /** For people: whole units as far as they go. */
  static String describe(long bytes) {
    if (bytes >= 1L << 30) {
      return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
    return bytes >= 1L << 20 ? (bytes >> 20) + " MiB" : ((bytes + 1023) >> 10) + " KiB";
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<MemorySize> {
    @Override
    public MemorySize convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
