package io.kvasir.scheduler.policy;

/**
 * What service costs a tenant. The unit is the computation of one prompt token.
 *
 * @param input one prompt token computed; those found in a cache or a tier cost nothing
 * @param output one token generated
 * @param memory KV held and moved
 */
public record ServiceWeights(double input, double output, MemoryWeights memory) {

  /** An output token is twice an input token, as in VTC (OSDI'24, section 4.1). */
  public static final ServiceWeights DEFAULT = new ServiceWeights(1, 2);

  private static final double MOST = 1e6;

  /** Memory costs nothing. */
  public ServiceWeights(double input, double output) {
    this(input, output, MemoryWeights.NONE);
  }

  public ServiceWeights {
    require("input", input);
    require("output", output);
  }

  private static void require(String field, double value) {
    if (!(value >= 0 && value <= MOST)) {
      throw new IllegalArgumentException(
          "service weight %s must be 0 to 1000000, is %s".formatted(field, value));
    }
  }
}
