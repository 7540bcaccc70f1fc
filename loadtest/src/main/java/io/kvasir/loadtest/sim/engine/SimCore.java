package io.kvasir.loadtest.sim.engine;

/** Whose rules decide in a simulated system. */
public enum SimCore {
  /** Kvasir's own core, as it runs in production. */
  KVASIR,
  /** A model of the scheduler of vLLM 0.3.3 under traced priorities: {@link VllmScheduler}. */
  VLLM_033
}
