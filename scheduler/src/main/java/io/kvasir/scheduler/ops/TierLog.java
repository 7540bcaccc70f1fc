package io.kvasir.scheduler.ops;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.TierStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line per tier into the log: how full it is, and what was copied since the line before.
 * Confined to one thread.
 */
public final class TierLog {
  private static final Logger log = LoggerFactory.getLogger(TierLog.class);
  private static final double MIB = 1 << 20;

  private static final TierStatus.Copies NO_COPIES = new TierStatus.Copies(0, 0, 0, 0, 0, 0, 0);
  private static final TierStatus NOTHING =
      new TierStatus(
          "", TierKind.DRAM, "", false, 0, 0, 0, 0, 0, NO_COPIES, NO_COPIES, NO_COPIES, List.of());

  private final Supplier<SchedulerStatus> status;
  private Map<String, TierStatus> last = new HashMap<>();

  public TierLog(Supplier<SchedulerStatus> status) {
    this.status = status;
  }

  /** Writes the lines of now; none without tiers. */
  public void write() {
    List<TierStatus> tiers = status.get().tiers();
    Map<String, TierStatus> now = new HashMap<>();
    for (TierStatus tier : tiers) {
      log.info("{}", line(tier, last.get(tier.name())));
      now.put(tier.name(), tier);
    }
    last = now;
  }

  /** One tier's line; null: there was none before. Counts start again when a worker connects. */
  static String line(TierStatus now, @Nullable TierStatus last) {
    TierStatus before = last == null ? NOTHING : last;
    return String.format(
        Locale.ROOT,
        "tier %s: %d of %d blocks (%d in flight); since the last line stored %s, loaded %s, moved"
            + " %s, %d given up",
        now.name(),
        now.resident() + now.inFlight(),
        now.slots(),
        now.inFlight(),
        copies(now.stored(), before.stored()),
        copies(now.loaded(), before.loaded()),
        copies(now.moved(), before.moved()),
        since(now.evictions(), before.evictions()));
  }

  private static String copies(TierStatus.Copies now, TierStatus.Copies before) {
    long lost = since(now.missed() + now.failed(), before.missed() + before.failed());
    double mib = since(now.bytes(), before.bytes()) / MIB;
    return String.format(
        Locale.ROOT, "%d (%.1f MiB, %d lost)", since(now.done(), before.done()), mib, lost);
  }

  private static long since(long now, long before) {
    return now >= before ? now - before : now;
  }
}
