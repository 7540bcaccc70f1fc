package io.kvasir.scheduler.policy;

/** How traced priorities change. */
public enum TracePattern {
  /** At every update, every request draws a new priority. */
  RANDOM,
  /** At every update, a request keeps its priority, mostly; else it draws a new one. */
  MARKOV
}
