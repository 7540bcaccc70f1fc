package io.kvasir.loadtest.live;

import io.kvasir.loadtest.report.RunRecorder;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells people how a run goes: one line that is overwritten on a terminal, a new line every few
 * seconds elsewhere. The warm-up is told by itself, and afterwards seconds count from its end.
 */
final class ProgressLine implements AutoCloseable {
  private static final int TERMINAL_MILLIS = 250;
  private static final int PLAIN_MILLIS = 5000;
  private static final double SMOOTHING = 0.3;

  private final PrintWriter out;
  private final boolean terminal;
  private final Recorders recorders;
  private final DriverClock clock;
  private final ScheduledExecutorService ticker;
  private boolean warmup;
  private long startNanos;
  private long lastNanos;
  private long lastTokens;
  private double tokensPerSecond;
  private int width;

  /**
   * Starts telling.
   *
   * @param out where to
   * @param terminal whether a line can be overwritten there
   * @param recorders what is told
   * @param clock since now
   */
  ProgressLine(PrintWriter out, boolean terminal, Recorders recorders, DriverClock clock) {
    this.out = out;
    this.terminal = terminal;
    this.recorders = recorders;
    this.clock = clock;
    warmup = recorders.warmupNanos() > 0;
    startNanos = clock.nanos();
    lastNanos = startNanos;
    ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("progress").daemon().unstarted(task));
    int millis = terminal ? TERMINAL_MILLIS : PLAIN_MILLIS;
    var _ = ticker.scheduleAtFixedRate(() -> tell(false), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Tells the final state and ends. */
  @Override
  public void close() {
    ticker.shutdownNow();
    try {
      if (ticker.awaitTermination(1, TimeUnit.SECONDS)) {
        tell(true);
        if (terminal) {
          out.println();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** At the end the rate is that of the whole run. */
  private void tell(boolean end) {
    long now = clock.nanos();
    if (warmup && now - startNanos >= recorders.warmupNanos()) {
      warmup = false;
      startNanos += recorders.warmupNanos();
      lastNanos = startNanos;
      lastTokens = 0;
    }
    RunRecorder.Progress progress = (warmup ? recorders.warmup() : recorders.run()).progress();
    long since = end ? startNanos : lastNanos;
    long tokens = end ? progress.outputTokens() : progress.outputTokens() - lastTokens;
    double rate = tokens * 1e9 / Math.max(1, now - since);
    boolean smooth = terminal && !end && lastTokens > 0;
    tokensPerSecond = smooth ? tokensPerSecond + SMOOTHING * (rate - tokensPerSecond) : rate;
    lastTokens = progress.outputTokens();
    lastNanos = now;
    String line =
        (warmup ? "warm-up  " : "") + line((now - startNanos) / 1e9, progress, tokensPerSecond);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      out.flush();
      width = line.length();
    } else {
      out.println(line);
      out.flush();
    }
  }

  static String line(double seconds, RunRecorder.Progress progress, double tokensPerSecond) {
    String trouble = trouble(progress.refused(), "refused") + trouble(progress.errors(), "failed");
    return String.format(
        Locale.ROOT,
        "%.1f s  %,d sent  %,d done  %,d running%s  %,.0f tokens/s  ttft p50 %.0f ms",
        seconds,
        progress.sent(),
        progress.ended(),
        progress.sent() - progress.ended(),
        trouble,
        tokensPerSecond,
        progress.ttftP50Millis());
  }

  private static String trouble(long count, String what) {
    return count > 0 ? String.format(Locale.ROOT, "  %,d %s", count, what) : "";
  }
}
