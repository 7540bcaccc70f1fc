package io.kvasir.worker.model;

/**
 * Shape of a Llama-family transformer: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 *
 * @param name name the file gives itself, or the file's name
 * @param architecture the file's word for the family
 * @param layers transformer layers
 * @param dim elements of the residual stream
 * @param hiddenDim elements of the feed-forward layer
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim elements of one head; {@code heads * headDim} need not equal {@code dim}
 * @param vocabularySize token ids, and elements of a row of logits
 * @param contextLength longest sequence, tokens
 * @param rmsEpsilon added to the mean square before the root
 * @param rope rotary positions
 * @param tiedOutput whether the output projection is the token embedding itself
 * @param qkvBias whether {@code blk.N.attn_{q,k,v}.bias} exist and are to be added
 */
public record ModelConfig(
    String name,
    String architecture,
    int layers,
    int dim,
    int hiddenDim,
    int heads,
    int kvHeads,
    int headDim,
    int vocabularySize,
    int contextLength,
    float rmsEpsilon,
    RopeConfig rope,
    boolean tiedOutput,
    boolean qkvBias) {

  /** Elements of all query heads together. */
  public int queryDim() {
    return heads * headDim;
  }

  /** Elements of all key heads together, and of all value heads. */
  public int kvDim() {
    return kvHeads * headDim;
  }
}
