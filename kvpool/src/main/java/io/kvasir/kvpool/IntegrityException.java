package io.kvasir.kvpool;

import java.util.List;

/** Thrown when the pool's bookkeeping contradicts itself: stop, and never serve from it. */
public final class IntegrityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> violations;

  public IntegrityException(List<String> violations) {
    super("pool integrity violated:\n  " + String.join("\n  ", violations));
    this.violations = List.copyOf(violations);
  }

  /** One sentence per contradiction, in the order they were found. */
  public List<String> violations() {
    return violations;
  }
}
