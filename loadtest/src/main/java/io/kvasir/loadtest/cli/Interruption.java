package io.kvasir.loadtest.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ExitCode;

/**
 * Ctrl-C while something runs: it is told to stop, and the process waits for what it still has to
 * say and ends with its exit code. Closed when the command is over.
 */
final class Interruption implements AutoCloseable {
  private static final int GRACE_SECONDS = 30;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook;
  private volatile int exitCode = ExitCode.SOFTWARE;

  /**
   * Watches for Ctrl-C.
   *
   * @param stop called once, on a thread of its own
   */
  Interruption(Runnable stop) {
    hook =
        Thread.ofPlatform()
            .name("interrupted")
            .unstarted(() -> {
              stop.run();
              awaitOver();
              // The JVM would report the signal instead of what became of the command.
              Runtime.getRuntime().halt(exitCode);
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Remembers how the command ended, and returns it. */
  int exitCode(int code) {
    exitCode = code;
    return code;
  }

  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already: that is what it is for.
    }
  }

  private void awaitOver() {
    try {
      if (!over.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("Ended without a report: stopping took too long.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
