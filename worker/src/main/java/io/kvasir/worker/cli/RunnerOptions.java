package io.kvasir.worker.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.store.arena.HostArena;
import io.kvasir.proto.WireLimits;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.WorkerInfo;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that choose a model and what computes it; a mixin of every command that runs one.
 * What is wrong with them is a {@link ParameterException} of one line with the option and the
 * limit.
 */
public final class RunnerOptions {
  private static final Logger log = LoggerFactory.getLogger(RunnerOptions.class);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model, a GGUF file.")
  private Path model = Path.of("");

  @Option(
      names = "--runner",
      paramLabel = "cpu|hash",
      description =
          "What computes: cpu runs the model; hash runs no model at all but a self-checking"
              + " oracle for tests (default: ${DEFAULT-VALUE}).")
  private RunnerKind kind = RunnerKind.cpu;

  @ArgGroup private KvSize kvSize = new KvSize();

  @Option(
      names = "--block-tokens",
      paramLabel = "N",
      description = "Tokens of one KV block, 1 to 16384 (default: ${DEFAULT-VALUE}).")
  private int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute, 1 to 1024 (default: the processors, ${DEFAULT-VALUE}).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--max-step-tokens",
      paramLabel = "N",
      description =
          "Tokens that a step is filled to, 1 to 65536; it takes an eighth more where that ends a"
              + " prompt. Of a server and its remote worker the lower limit holds (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxStepTokens = 512;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description =
          "Most requests that run at once, 1 to 4096; of a server and its remote worker the lower"
              + " limit holds (default: ${DEFAULT-VALUE}).")
  private int maxRequests = 256;

  /** The model's file. */
  public Path model() {
    return model;
  }

  /** Most requests that run at once. */
  public int maxRequests() {
    return within(spec, "--max-requests", maxRequests, 1, WireLimits.MAX_WORKER_REQUESTS);
  }

  /** Tokens that a step is filled to. */
  public int maxStepTokens() {
    return within(spec, "--max-step-tokens", maxStepTokens, 1, 1 << 16);
  }

  /** Whether the runner computes the model itself, and is known by its fingerprint. */
  public boolean runsModel() {
    return kind == RunnerKind.cpu;
  }

  /** Shape of one KV block of the chosen runner. */
  public BlockGeometry geometry(ModelFile file) {
    within(spec, "--block-tokens", blockTokens, 1, WireLimits.MAX_BLOCK_DIMENSION);
    ModelConfig config = file.config();
    return switch (kind) {
      case cpu ->
          new BlockGeometry(
              config.layers(), config.kvHeads(), config.headDim(), Float.BYTES, blockTokens);
      case hash -> new BlockGeometry(1, 1, 1, Long.BYTES, blockTokens);
    };
  }

  /** Opens the model file; the caller closes it, after the runner. */
  public ModelFile openModel() {
    try {
      return ModelFile.open(model);
    } catch (ModelFormatException e) {
      throw new ParameterException(spec.commandLine(), "--model: " + e.getMessage(), e);
    }
  }

  /** Makes the runner; the caller closes it. */
  public ModelRunner openRunner(ModelFile file) {
    within(spec, "--threads", threads, 1, CpuRunnerConfig.MAX_THREADS);
    maxStepTokens();
    maxRequests();
    try {
      ModelRunner runner =
          switch (kind) {
            case cpu -> cpu(file);
            case hash -> hash(file);
          };
      BlockGeometry geometry = runner.geometry();
      log.info(
          "{} KV blocks of {} tokens, {} bytes each, {} together",
          runner.blockCount(),
          geometry.blockTokens(),
          geometry.blockBytes(),
          MemorySize.describe(runner.blockCount() * geometry.blockBytes()));
      return runner;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private ModelRunner cpu(ModelFile file) {
    return new CpuModelRunner(
        file,
        new CpuRunnerConfig(
            blockCount(geometry(file)),
            blockTokens,
            WorkerInfo.roomFor(maxStepTokens),
            threads,
            false));
  }

  private ModelRunner hash(ModelFile file) {
    log.warn("HASH ORACLE: the model is not computed; tokens are hashes that check the KV memory");
    ModelConfig config = file.config();
    return new HashModelRunner(
        new HashRunnerConfig(
            config.vocabularySize(),
            config.contextLength(),
            blockTokens,
            blockCount(geometry(file)),
            WorkerInfo.roomFor(maxStepTokens)));
  }

  private int blockCount(BlockGeometry geometry) {
    return kvSize.blockCount(geometry, HostArena.physicalMemoryBytes());
  }
}
