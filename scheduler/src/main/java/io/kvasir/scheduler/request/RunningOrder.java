package io.kvasir.scheduler.request;

/** In which order requests that run are served. Confined to the scheduler loop. */
public interface RunningOrder {

  /**
   * The request's rank as of now: the smaller, the earlier it is served and the later it is
   * preempted. Among equal ranks, who arrived first comes first.
   */
  long rank(Request request);
}
