package io.kvasir.scheduler.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a server that run, closed in reverse order. A part that fails to close is logged.
 */
final class PartStack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartStack.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  synchronized void push(AutoCloseable part) {
    parts.push(part);
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.warn("A part of the server did not stop cleanly", e);
      }
    }
  }
}
