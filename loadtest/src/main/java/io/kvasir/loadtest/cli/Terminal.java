package io.kvasir.loadtest.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is known about the terminal. */
final class Terminal {
  private Terminal() {}

  /** Whether a line written to the standard error can be overwritten; unknown counts as no. */
  static boolean errorIsTerminal() {
    Path descriptor = Path.of("/proc/self/fd/2");
    try {
      String device = Files.readSymbolicLink(descriptor).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
