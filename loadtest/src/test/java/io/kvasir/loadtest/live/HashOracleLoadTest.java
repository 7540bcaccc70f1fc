package io.kvasir.loadtest.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.WorkerSource;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole workloads against a whole server whose model is the hash oracle: every token of every
 * answer is checked, so a wrong share, a stale block or a lost token under load shows.
 */
@Timeout(120)
final class HashOracleLoadTest {
  private static final int VOCABULARY = 2048;
  private static final int CONTEXT = 512;

  /** A tight pool is too small for what runs at once: requests are preempted and go on. */
  @ParameterizedTest
  @CsvSource({"mixed, 1024, true", "mixed, 40, true", "chat, 40, true", "burst, 40, false"})
  void everyAnswerIsWhatTheOracleSays(String workload, int blocks, boolean shares)
      throws IOException, TargetServer.UnreachableException {
    List<Completion> completions = new CopyOnWriteArrayList<>();
    LoadReport report;
    try (ModelFile file = bundledModel();
        KvasirServer server = server(KvasirServer.Config.DEFAULT, file, blocks);
        TargetServer target = new TargetServer("127.0.0.1:" + server.grpcPort())) {
      // All at once, nearly: a thousandth of the times.
      Shaping shaping = new Shaping(0.001, 1, 120, Long.MAX_VALUE, CONTEXT, Set.of());
      LiveRun run =
          new LiveRun(
              target,
              new LiveRun.Settings(
                  Workloads.find(workload), 11, shaping, 1000, Duration.ofSeconds(100)),
              completions::add);
      report = run.run(new LiveRun.Audience(new PrintWriter(Writer.nullWriter()), false));
    }
    assertThat(report.total().errors()).isEmpty();
    assertThat(report.total().ok()).isEqualTo(120);
    if (shares) {
      assertThat(report.total().cachedTokens()).isPositive();
    }
    assertThat(completions).hasSize(120);
    for (Completion completion : completions) {
      assertThat(completion.end().kind()).isEqualTo(RequestEnd.Kind.OK);
      assertThat(completion.tokenIds())
          .hasSize(completion.arrival().maxTokens())
          .isEqualTo(
              HashModelRunner.expected(
                  completion.promptTokenIds(), completion.arrival().maxTokens(), VOCABULARY));
    }
  }

  static ModelFile bundledModel() {
    String home = Objects.requireNonNull(System.getProperty("kvasir.home"), "kvasir.home");
    return ModelFile.open(Path.of(home, "worker/models/kvasir-prose-q8_0.gguf"));
  }

  /** The bundled model lends its tokenizer only. */
  static KvasirServer server(KvasirServer.Config config, ModelFile file, int blocks)
      throws IOException {
    int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;
    HashModelRunner runner =
        new HashModelRunner(new HashRunnerConfig(VOCABULARY, CONTEXT, blockTokens, blocks, 256));
    ServedModel model =
        new ServedModel(
            "oracle",
            "hash",
            runner.modelFingerprint(),
            VOCABULARY,
            CONTEXT,
            blockTokens,
            Long.BYTES,
            file.tokenizer(),
            Optional.empty(),
            List.of());
    return KvasirServer.start(config, model, new WorkerSource.Embedded(runner, 32));
  }
}
