package io.kvasir.scheduler.admission;

/** Which of the work that waits is done before a request that comes now. */
public enum BacklogOrder {
  /** All of it. */
  ARRIVAL,
  /** That of requests of no lower priority. */
  PRIORITY,
  /** That of its tenant, at its tenant's share of the speed; never more than all of it. */
  SHARES
}
