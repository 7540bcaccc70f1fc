package io.kvasir.kvpool.broken;

import java.io.File;

/** Looks at the disk and the clock: what the floors' test must notice. */
public final class ImpurePool {
  private ImpurePool() {}

  /** Depends on I/O and on the time of day. */
  public static boolean isFresh(File file) {
    return file.lastModified() > System.currentTimeMillis() - 1000;
  }
}
