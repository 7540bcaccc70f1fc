package io.kvasir.offload.codec;

import java.util.Locale;

/**
 * How much the CacheGen-style codec may lose. A bin is a multiple of the root mean square of a
 * head's deltas, and grows with depth as in CacheGen (section 5.2: 0.5, 1 and 1.5 for the first,
 * middle and last third of the layers), because errors in early layers pass through all later ones.
 */
public enum CacheGenLevel {
  /** Bins of 1/16, 1/8 and 3/16: next to no change in perplexity on the models measured. */
  FINEST(0, 0.0625f),
  /** Bins of 1/8, 1/4 and 3/8. */
  FINE(1, 0.125f),
  /** Bins of 1/4, 1/2 and 3/4: the default. */
  MEDIUM(2, 0.25f),
  /** Bins of 1/2, 1 and 3/2, those of the paper. */
  COARSE(3, 0.5f);

  private static final CacheGenLevel[] ALL = values();

  private final int code;
  private final float firstBin;

  CacheGenLevel(int code, float firstBin) {
    this.code = code;
    this.firstBin = firstBin;
  }

  /** Width of a bin in a layer, in root mean squares of the deltas. */
  public float bin(int layer, int layers) {
    int third = 3 * layer / layers;
    return firstBin * (1 + third);
  }

  /** Name of the codec with this level, as {@link BlockCodecs} knows it. */
  public String codecName() {
    return this == MEDIUM ? "cachegen" : "cachegen-" + name().toLowerCase(Locale.ROOT);
  }

  /** Stands for the level in an encoded block. */
  int code() {
    return code;
  }

  /**
   * The level of a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  static CacheGenLevel of(int code) {
    for (CacheGenLevel level : ALL) {
      if (level.code == code) {
        return level;
      }
    }
    throw new IllegalArgumentException("not a block of codec cachegen: level " + code);
  }
}
