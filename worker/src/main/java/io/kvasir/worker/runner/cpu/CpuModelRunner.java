package io.kvasir.worker.runner.cpu;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.memory.KvArena;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.Tensor;
import io.kvasir.worker.runner.BatchCheck;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Llama-family models on the processor. KV is kept as floats in one arena of blocks; weights
 * stay quantised where their type allows (see {@link MatrixPacker}). Every logit is computed by a
 * fixed sequence of float operations ({@link Kernels}), whatever the batch, the chunks, the number
 * of threads, the vector width and the state of the JIT compiler. A step allocates nothing.
 *
 * <p>If a sampled row has a NaN or an infinite logit, {@link #execute} throws IllegalStateException
 * naming the sequence's index in the batch: the step fails, its KV counts as not computed, and the
 * runner serves the next step. Broken KV stays in the blocks of that sequence only: other sequences
 * read their own blocks.
 *
 * <p>Confined to the worker loop; the model file must stay open, and is not closed here.
 */
public final class CpuModelRunner implements ModelRunner {
  private static final Logger log = LoggerFactory.getLogger(CpuModelRunner.class);

  private final ModelConfig config;
  private final String fingerprint;
  private final int maxBatchTokens;
  private final KvArena arena;
  private final LlamaWeights weights;
  private final ThreadTeam team;
  private final BatchRows rows;
  private final ForwardPass forward;

  /**
   * Packs the weights and reserves the blocks.
   *
   * @throws IllegalArgumentException if weights or blocks exceed this machine's memory
   */
  public CpuModelRunner(ModelFile model, CpuRunnerConfig runner) {
    this(model.config(), model.fingerprint(), model::find, runner, kernels(runner.scalar()));
  }

  CpuModelRunner(
      ModelConfig config,
      String fingerprint,
      Function<String, Optional<Tensor>> tensors,
      CpuRunnerConfig runner,
      Kernels kernels) {
    this.config = config;
    this.fingerprint = fingerprint;
    this.maxBatchTokens = runner.maxBatchTokens();
    int positions = config.contextLength();
    Activations activations = new Activations(config, maxBatchTokens);
    rows = new BatchRows(maxBatchTokens);
    arena =
        new KvArena(
            new BlockGeometry(
                config.layers(),
                config.kvHeads(),
                config.headDim(),
                Float.BYTES,
                runner.blockTokens()),
            runner.blockCount());
    try {
      weights = new LlamaWeights(config, tensors);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
    team = new ThreadTeam("kvasir-cpu", runner.threads());
    PagedAttention.Scratch[] scratch = new PagedAttention.Scratch[runner.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new PagedAttention.Scratch(positions, runner.blockTokens());
    }
    forward =
        new ForwardPass(
            config,
            weights,
            kernels,
            new PagedAttention(kernels, arena, config.heads()),
            new Rope(config.rope(), positions),
            team,
            rows,
            activations,
            scratch);
    log.info(
        "model {}: weights {} bytes, {} blocks of {} bytes, {} threads, {}",
        config.name(),
        weights.byteSize(),
        arena.blockCount(),
        arena.geometry().blockBytes(),
        runner.threads(),
        kernels.getClass().getSimpleName());
  }

  private static Kernels kernels(boolean scalar) {
    if (scalar) {
      return new ScalarKernels();
    }
    if (!VectorShape.isNative()) {
      log.warn("no vectors of 256 bits here: scalar kernels");
      return new ScalarKernels();
    }
    return new WarmingKernels();
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    BatchCheck.check(this, sequences, logits);
    rows.fill(sequences);
    forward.run(logits);
    int row = 0;
    for (int i = 0; i < sequences.size(); i++) {
      if (sequences.get(i).sample()) {
        requireFinite(logits[row++], i, sequences.get(i));
      }
    }
  }

  private void requireFinite(float[] row, int index, BatchSequence sequence) {
    int largest = 0;
    for (int id = 0; id < config.vocabularySize(); id++) {
      largest = Math.max(largest, Float.floatToRawIntBits(row[id]) & Integer.MAX_VALUE);
    }
    // Without the sign, the bits of infinity and of every NaN are the largest integers.
    if (largest >= Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
      int position = sequence.start() + sequence.count() - 1;
      throw new IllegalStateException(
          "sequence " + index + ": logits of position " + position + " are not finite");
    }
  }

  /** The blocks' memory, for what moves or measures them. Belongs to the runner. */
  public KvArena arena() {
    return arena;
  }

  @Override
  public String modelName() {
    return config.name();
  }

  @Override
  public String modelFingerprint() {
    return fingerprint;
  }

  @Override
  public int vocabularySize() {
    return config.vocabularySize();
  }

  @Override
  public int contextLength() {
    return config.contextLength();
  }

  @Override
  public int maxBatchTokens() {
    return maxBatchTokens;
  }

  @Override
  public BlockGeometry geometry() {
    return arena.geometry();
  }

  @Override
  public int blockCount() {
    return arena.blockCount();
  }

  @Override
  public void close() {
    team.close();
    weights.close();
    arena.close();
  }
}
