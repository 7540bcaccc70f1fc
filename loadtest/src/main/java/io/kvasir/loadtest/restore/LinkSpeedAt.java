package io.kvasir.loadtest.restore;

/** How fast a link is at each moment. */
public interface LinkSpeedAt {

  /** What a block takes whose load begins at that moment, nanoseconds. */
  long blockNanos(long now);
}
