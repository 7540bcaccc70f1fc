package io.kvasir.kvpool.residency;

/**
 * A question to a shared server: which of these blocks it holds. Several requests may wait for one.
 * Confined to the scheduler loop.
 */
public final class Probe {
  private final long firstHi;
  private final long firstLo;
  private final long lastHi;
  private final long lastLo;
  private boolean answered;
  private boolean failed;
  private int found;

  Probe(long firstHi, long firstLo, long lastHi, long lastLo) {
    this.firstHi = firstHi;
    this.firstLo = firstLo;
    this.lastHi = lastHi;
    this.lastLo = lastLo;
  }

  boolean beginsWith(long hi, long lo) {
    return firstHi == hi && firstLo == lo;
  }

  /** Whether its last block is that one. With the same first one it asks for the same blocks. */
  public boolean endsWith(long hi, long lo) {
    return lastHi == hi && lastLo == lo;
  }

  /** Whether the answer was observed. */
  public boolean answered() {
    return answered;
  }

  /** Whether the server was not there to answer. */
  public boolean failed() {
    return failed;
  }

  /** Leading blocks that were found and can be loaded. */
  public int found() {
    return found;
  }

  void answer(int found, boolean failed) {
    this.answered = true;
    this.found = found;
    this.failed = failed;
  }
}
