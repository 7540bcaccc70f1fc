package io.kvasir.offload.index;

/**
 * What became of an index when it was opened.
 *
 * @param how what was done
 * @param kept entries that it begins with
 * @param repairs inconsistencies that recovery found: broken entries, which it dropped, and locks
 *     and counters, which it set right; 0 unless RECOVERED
 * @param nanos time it took, nanoseconds
 */
public record IndexOpening(How how, long kept, long repairs, long nanos) {
  /** What was done to open it. */
  public enum How {
    /** There was no file. */
    CREATED,
    /** The last user had closed it. */
    REUSED,
    /** The last user had not: entries were checked one by one. */
    RECOVERED,
    /** There was a file of another layout, or a hopeless one: set aside, and a new one begun. */
    REPLACED
  }
}
