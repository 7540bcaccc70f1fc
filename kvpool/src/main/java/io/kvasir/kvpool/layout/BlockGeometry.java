package io.kvasir.kvpool.layout;

/**
 * The shape of one KV block: {@code blockTokens} tokens' K and V of all layers.
 *
 * @param layers transformer layers, at least 1
 * @param kvHeads heads of K and of V, at least 1
 * @param headDim elements of one head, at least 1
 * @param elementBytes bytes of one element, at least 1
 * @param blockTokens tokens in one block, at least 1
 */
public record BlockGeometry(
    int layers, int kvHeads, int headDim, int elementBytes, int blockTokens) {

  /** Tokens in one block unless configured otherwise. */
  public static final int DEFAULT_BLOCK_TOKENS = 16;

  public BlockGeometry {
    requirePositive("layers", layers);
    requirePositive("kvHeads", kvHeads);
    requirePositive("headDim", headDim);
    requirePositive("elementBytes", elementBytes);
    requirePositive("blockTokens", blockTokens);
  }

  /** Bytes of one token's K and V in all layers. */
  public long tokenBytes() {
    return 2L * layers * kvHeads * headDim * elementBytes;
  }

  /** Bytes of one block. */
  public long blockBytes() {
    return tokenBytes() * blockTokens;
  }

  /** Blocks that hold {@code tokens} tokens. */
  public int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockTokens);
  }

  private static void requirePositive(String field, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be at least 1, is " + value);
    }
  }
}
