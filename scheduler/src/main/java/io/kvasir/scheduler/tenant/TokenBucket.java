package io.kvasir.scheduler.tenant;

import java.util.concurrent.TimeUnit;

/**
 * Lets a {@link Rate} through: fills steadily up to the burst, and what is let through is taken
 * out. Something larger than the burst needs a full bucket and leaves it in debt, so it is late but
 * not impossible, and the rate holds in the long run. Guarded by whoever owns it.
 */
final class TokenBucket {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /* Rounding: a bucket that was waited for exactly as long as it said is full enough. */
  private static final double TOLERANCE = 1e-6;

  private Rate rate = Rate.NONE;
  private double level;
  private long filledNanos;

  /** Fills it up to now, at this rate from now on. A new limit starts with its whole burst. */
  void advance(Rate wanted, long now) {
    if (rate.limits()) {
      double added = Math.max(0, now - filledNanos) * (rate.perSecond() / NANOS_PER_SECOND);
      level = Math.min(rate.burst(), level + added);
    } else {
      level = wanted.burst();
    }
    filledNanos = Math.max(filledNanos, now);
    if (!wanted.equals(rate)) {
      rate = wanted;
      level = Math.min(level, wanted.burst());
    }
  }

  /** How long to wait, as of the last {@link #advance}, until it may be taken; 0: not at all. */
  long nanosUntil(double amount) {
    double missing = Math.min(amount, rate.burst()) - level;
    return !rate.limits() || missing <= TOLERANCE
        ? 0
        : (long) Math.ceil(missing / rate.perSecond() * NANOS_PER_SECOND);
  }

  /** Takes it; returns what was charged, 0 without a limit. */
  double take(double amount) {
    if (!rate.limits()) {
      return 0;
    }
    level -= amount;
    return amount;
  }

  /** Puts back what was charged too much. */
  void giveBack(double amount) {
    level = Math.min(rate.burst(), level + amount);
  }

  /** What is in it now, negative in debt. */
  double level() {
    return level;
  }
}
