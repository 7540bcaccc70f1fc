package io.kvasir.loadtest.workload.trace;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of a trace, one per line, read as they are asked for. Confined to one thread.
 *
 * @param <T> a record
 */
final class TraceRecords<T> implements Iterator<T>, AutoCloseable {
  /** Understands one line; whatever it throws becomes an error with the line's number. */
  @FunctionalInterface
  interface LineParser<T> {
    /** The line's record, or nothing for a heading. */
    Optional<T> parse(String line);
  }

  private final TraceLines lines;
  private final LineParser<T> parser;
  private @Nullable T next;

  TraceRecords(Path file, LineParser<T> parser) {
    lines = new TraceLines(file);
    this.parser = parser;
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      String line = lines.next();
      if (line == null) {
        return false;
      }
      try {
        next = parser.parse(line).orElse(null);
      } catch (RuntimeException e) {
        throw lines.malformed(e);
      }
    }
    return true;
  }

  @Override
  public T next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    T record = next;
    next = null;
    return record;
  }

  /** Hands the record just returned back with a complaint. */
  RuntimeException malformed(String problem) {
    return lines.malformed(problem);
  }

  @Override
  public void close() {
    lines.close();
  }
}
