package io.kvasir.scheduler.gateway;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A caller's mistake. The message names the field, the value and the limit; it is for the caller to
 * read.
 */
public final class InvalidArgument extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private InvalidArgument(String message) {
    // A refusal is an answer, not a fault: it needs no stack trace.
    super(message, null, false, false);
  }

  /** A refusal with a formatted message. */
  @com.google.errorprone.annotations.FormatMethod
  public static InvalidArgument of(String format, @Nullable Object... arguments) {
    return new InvalidArgument(String.format(Locale.ROOT, format, arguments));
  }
}
