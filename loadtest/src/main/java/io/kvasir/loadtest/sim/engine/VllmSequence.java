package io.kvasir.loadtest.sim.engine;

/**
 * A request in the model of vLLM 0.3.3: how many of its tokens have KV where. Confined to one
 * thread.
 */
final class VllmSequence {

  /** Where its KV is. */
  enum Place {
    /** Not on the device: it waits, new or swapped out. Admitted → ENTERING or RESIDENT. */
    OUT,
    /** Its KV is being loaded. Loaded → RESIDENT. */
    ENTERING,
    /** On the device. Victim → LEAVING; ended → gone. */
    RESIDENT,
    /** Its KV is being stored, and its blocks are not free yet. Stored → OUT. */
    LEAVING
  }

  final SimRequest request;
  final long number;
  final int promptTokens;

  Place place = Place.OUT;
  long rank;
  long rankEpoch;

  /** Tokens known: the prompt and what was generated. */
  int tokens;

  /** Tokens whose KV exists, on the device or on its way there. */
  int computed;

  /** Tokens whose KV host memory holds, from the front. */
  int hostTokens;

  /** Most tokens that ever had KV: what is computed below that is computed again. */
  int everComputed;

  /** Tokens of the prompt that an earlier turn left. */
  int cached;

  int blocks;
  int recomputed;
  int preemptions;

  VllmSequence(SimRequest request, long number) {
    this.request = request;
    this.number = number;
    promptTokens = request.spec().promptTokenIds().length;
    tokens = promptTokens;
  }

  /** Whether the next step computes its one newest token. */
  boolean decodes() {
    return tokens - computed == 1 && tokens > promptTokens;
  }

  /** Whether all that it may generate is there. */
  boolean complete() {
    return tokens - promptTokens >= request.spec().maxTokens();
  }
}
