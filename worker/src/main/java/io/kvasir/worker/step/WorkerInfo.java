package io.kvasir.worker.step;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/**
 * What a worker is: the contents of the handshake.
 *
 * @param workerId unique name
 * @param modelName name of the model
 * @param modelFingerprint SHA-256 of what identifies the weights, lower-case hex
 * @param geometry shape of one KV block
 * @param blockCount blocks in the worker's arena
 * @param maxStepTokens most tokens one step may carry
 * @param maxRequests most requests the worker holds at once
 * @param contextLength longest request, tokens
 * @param vocabularySize number of token ids
 * @param tiers memory below the arena, fastest first
 */
public record WorkerInfo(
    String workerId,
    String modelName,
    String modelFingerprint,
    BlockGeometry geometry,
    int blockCount,
    int maxStepTokens,
    int maxRequests,
    int contextLength,
    int vocabularySize,
    List<TierSpec> tiers) {

  public WorkerInfo {
    tiers = List.copyOf(tiers);
  }

  /**
   * Most tokens that a worker takes in a step which is filled to {@code stepTokens}: an eighth
   * more, for the end of a prompt.
   */
  public static int roomFor(int stepTokens) {
    return stepTokens + stepTokens / 8;
  }
}
