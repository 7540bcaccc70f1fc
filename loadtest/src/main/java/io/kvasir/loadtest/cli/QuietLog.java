package io.kvasir.loadtest.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the log out of what a command shows. */
final class QuietLog {
  private QuietLog() {}

  /** From now on the log says what went wrong and nothing else. */
  static void warningsOnly() {
    if (LoggerFactory.getLogger("io.kvasir") instanceof Logger logger) {
      logger.setLevel(Level.WARN);
    }
  }
}
