package io.kvasir.kvpool.broken;

import io.kvasir.loadtest.cli.Kvasir;

/** Imports a floor above its own: what the floors' test must notice. */
public final class UpwardPool {
  /** A dependency on the top floor. */
  public static final Class<?> TOP = Kvasir.class;

  private UpwardPool() {}
}
