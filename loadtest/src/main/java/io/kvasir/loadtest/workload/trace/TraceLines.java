package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.WorkloadException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a trace, compressed or not, with their numbers. Confined to one thread. */
final class TraceLines implements AutoCloseable {
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Path file;
  private final BufferedReader reader;
  private int line;

  /**
   * Opens a file.
   *
   * @throws WorkloadException if it cannot be read
   */
  TraceLines(Path file) {
    this.file = file;
    try {
      InputStream raw = new BufferedInputStream(Files.newInputStream(file));
      raw.mark(2);
      boolean compressed = ((raw.read() << 8) | raw.read()) == GZIP_MAGIC;
      raw.reset();
      InputStream in = compressed ? new GZIPInputStream(raw, 1 << 16) : raw;
      reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The next line that is not blank, or null at the end. */
  @Nullable String next() {
    try {
      String text = reader.readLine();
      line++;
      while (text != null && text.isBlank()) {
        text = reader.readLine();
        line++;
      }
      return text;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** An error in the line last read. */
  WorkloadException malformed(String problem) {
    return new WorkloadException("%s:%d: %s".formatted(file, line, problem));
  }

  /** An error in the line last read, found by {@code cause}. */
  WorkloadException malformed(RuntimeException cause) {
    if (cause instanceof WorkloadException already) {
      return already;
    }
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("malformed");
    return new WorkloadException("%s:%d: %s".formatted(file, line, why), cause);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private WorkloadException unreadable(IOException e) {
    return WorkloadException.unreadable(line == 0 ? file.toString() : file + ":" + line, e);
  }
}
