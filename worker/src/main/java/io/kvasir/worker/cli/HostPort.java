package io.kvasir.worker.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a server listens: {@code HOST:PORT}, an IPv6 address in brackets.
 *
 * @param host name or address, without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^:\\[\\]/\\s]+)):(\\d{1,5})");

  /** Reads the form; throws {@link IllegalArgumentException} with what is expected. */
  public static HostPort parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int port = Integer.parseInt(form.group(3));
      if (port >= 1 && port <= 65535) {
        return new HostPort(form.group(1) == null ? form.group(2) : form.group(1), port);
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not HOST:PORT with a port of 1 to 65535");
  }

  /** As it is written. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** For picocli. */
  public static final class Converter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
