package io.kvasir.scheduler.ops;

/** Hears what the gateway does with generations before and after the scheduler. Any thread. */
public interface GatewayEvents {

  /**
   * A generation was refused.
   *
   * @param code name of the gRPC status code
   */
  void onRefused(String code);

  /** A stream was reset because its client did not read it to its end. */
  void onStreamReset();
}
