package io.kvasir.loadtest.e2e;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.worker.memory.KvArena;
import io.kvasir.worker.memory.TierSettings;
import io.kvasir.worker.memory.WorkerTiers;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Stack} with an embedded worker is made of.
 *
 * @param model its file
 * @param hashOracle whether the hash oracle computes instead of the model
 * @param blockCount blocks of the device arena
 * @param maxStepTokens most tokens of a step
 * @param preemption what becomes of the KV of preempted requests
 * @param tiers memory below the arena
 */
record StackSetup(
    Path model,
    boolean hashOracle,
    int blockCount,
    int maxStepTokens,
    PreemptionMode preemption,
    TierSettings tiers) {

  static final int BLOCK_TOKENS = 16;

  /**
   * Steps of so few tokens, with the end of a prompt too, that the cost of computing stays unknown:
   * what is found in tiers is loaded.
   */
  static final int SMALL_STEP_TOKENS = (CostModel.MIN_STEP_TOKENS - 1) * 8 / 9;

  private static final int THREADS = 2;

  /** A model that computes, without tiers. */
  static StackSetup model(Path model, int blockCount, int maxStepTokens) {
    return new StackSetup(
        model, false, blockCount, maxStepTokens, PreemptionMode.AUTO, TierSettings.NONE);
  }

  /** The hash oracle with the bundled model's tokens, without tiers. */
  static StackSetup hash(int blockCount, int maxStepTokens) throws IOException {
    return new StackSetup(
        Golden.bundled().model(),
        true,
        blockCount,
        maxStepTokens,
        PreemptionMode.AUTO,
        TierSettings.NONE);
  }

  /** The same with tiers. */
  StackSetup with(PreemptionMode preemption, TierSettings tiers) {
    return new StackSetup(model, hashOracle, blockCount, maxStepTokens, preemption, tiers);
  }

  /** The same with another number of blocks. */
  StackSetup withBlocks(int blockCount) {
    return new StackSetup(model, hashOracle, blockCount, maxStepTokens, preemption, tiers);
  }

  /** Bytes that a tier needs for one block. */
  int recordBytes() throws IOException {
    try (ModelFile file = ModelFile.open(model)) {
      BlockGeometry geometry =
          hashOracle ? new BlockGeometry(1, 1, 1, Long.BYTES, BLOCK_TOKENS) : geometry(file);
      return RecordFormat.maxRecordBytes(Math.toIntExact(geometry.blockBytes()));
    }
  }

  /** Shape of the blocks of a model that computes. */
  static BlockGeometry geometry(ModelFile file) {
    ModelConfig config = file.config();
    return new BlockGeometry(
        config.layers(), config.kvHeads(), config.headDim(), Float.BYTES, BLOCK_TOKENS);
  }

  ModelRunner runner(ModelFile file) {
    return hashOracle
        ? new HashModelRunner(
            new HashRunnerConfig(
                file.config().vocabularySize(),
                file.config().contextLength(),
                BLOCK_TOKENS,
                blockCount,
                maxStepTokens))
        : new CpuModelRunner(
            file, new CpuRunnerConfig(blockCount, BLOCK_TOKENS, maxStepTokens, THREADS, false));
  }

  /** The tiers below a runner that this setup made. */
  @Nullable WorkerTiers open(ModelRunner runner) throws IOException {
    if (!tiers.any()) {
      return null;
    }
    KvArena arena =
        hashOracle ? ((HashModelRunner) runner).arena() : ((CpuModelRunner) runner).arena();
    return WorkerTiers.open(tiers, arena, runner.modelFingerprint());
  }
}
