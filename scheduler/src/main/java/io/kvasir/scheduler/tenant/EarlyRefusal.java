package io.kvasir.scheduler.tenant;

/**
 * Which requests are refused on arrival because they would come too late. A deadline says that a
 * later answer is worthless: the server would end the request itself, and what it computed until
 * then would be lost for everybody. A latency target is a wish: a late answer is still one.
 */
public enum EarlyRefusal {
  /** None. */
  OFF,
  /** Those that would be past their deadline before their prompt's turn comes. */
  DEADLINE,
  /** Those too whose turn would come after their target of the time to the first token. */
  ON
}
