package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.worker.step.WorkerInfo;
import org.jspecify.annotations.Nullable;

/**
 * Which worker is connected, and which one may be: one at a time, and always of the same model and
 * block geometry, so that requests go on identically on the next one. Safe for use by many threads.
 */
final class WorkerGuard {
  private final String modelFingerprint;
  private @Nullable WorkerLink current;
  private @Nullable WorkerInfo first;

  /**
   * @param modelFingerprint the only model accepted; empty: that of the first worker
   */
  WorkerGuard(String modelFingerprint) {
    this.modelFingerprint = modelFingerprint;
  }

  /**
   * Accepts or refuses a worker.
   *
   * @param then runs before any other worker can connect or this one be lost
   * @return empty, or why it is refused
   */
  synchronized String connect(WorkerLink link, Runnable then) {
    String refusal = refusal(link.info());
    if (refusal.isEmpty()) {
      current = link;
      if (first == null) {
        first = link.info();
      }
      then.run();
    }
    return refusal;
  }

  /** Forgets a worker; does nothing if another is, or none. */
  synchronized void disconnect(WorkerLink link, Runnable then) {
    if (link.equals(current)) {
      current = null;
      then.run();
    }
  }

  private String refusal(WorkerInfo info) {
    if (current != null) {
      return "worker " + current.info().workerId() + " is connected, and one is the limit";
    }
    if (!modelFingerprint.isEmpty() && !modelFingerprint.equals(info.modelFingerprint())) {
      return different("model fingerprint", info.modelFingerprint(), modelFingerprint);
    }
    WorkerInfo known = first;
    if (known == null) {
      return "";
    }
    if (!known.modelFingerprint().equals(info.modelFingerprint())) {
      return different("model fingerprint", info.modelFingerprint(), known.modelFingerprint());
    }
    if (!known.geometry().equals(info.geometry())) {
      return different("block geometry", info.geometry(), known.geometry());
    }
    if (known.vocabularySize() != info.vocabularySize()) {
      return different("vocabulary size", info.vocabularySize(), known.vocabularySize());
    }
    return "";
  }

  private static String different(String field, Object value, Object expected) {
    return field + " is " + value + ", this server serves " + expected;
  }
}
