package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.TinyModel;
import io.kvasir.worker.runner.ModelRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** The options of a runner: what they make, and one line for each that is wrong. */
final class RunnerOptionsTest {
  private static final BlockGeometry KIB = new BlockGeometry(1, 1, 32, 1, 16);

  @TempDir Path folder;

  @Test
  void makesTheRunnerThatIsAskedFor() {
    RunnerOptions options = options("--kv-blocks", "40", "--block-tokens", "8", "--threads", "1");
    try (ModelFile model = options.openModel();
        ModelRunner runner = options.openRunner(model)) {
      assertThat(runner.blockCount()).isEqualTo(40);
      assertThat(runner.geometry().blockTokens()).isEqualTo(8);
      assertThat(runner.maxBatchTokens())
          .as("512, and an eighth more for the end of a prompt")
          .isEqualTo(576);
      assertThat(runner.modelFingerprint()).isEqualTo(model.fingerprint());
      assertThat(options.maxRequests()).isEqualTo(256);
    }
  }

  @Test
  void fillsTheMemoryItIsGiven() {
    RunnerOptions options = options("--kv-memory", "1MiB", "--threads", "1");
    try (ModelFile model = options.openModel();
        ModelRunner runner = options.openRunner(model)) {
      assertThat(runner.blockCount())
          .isEqualTo((int) ((1 << 20) / runner.geometry().blockBytes()))
          .isPositive();
    }
  }

  @Test
  void makesAHashOracleOfTheModelsSize() {
    RunnerOptions options = options("--runner", "hash", "--kv-blocks", "9");
    try (ModelFile model = options.openModel();
        ModelRunner runner = options.openRunner(model)) {
      assertThat(runner.modelName()).isEqualTo("hash-oracle");
      assertThat(runner.vocabularySize()).isEqualTo(model.config().vocabularySize());
      assertThat(runner.contextLength()).isEqualTo(model.config().contextLength());
      assertThat(runner.blockCount()).isEqualTo(9);
    }
  }

  @Test
  void namesTheOptionAndItsLimit() {
    refused("--threads: is 0, must be 1 to 1024", "--threads", "0");
    refused("--block-tokens: is -1, must be 1 to 16384", "--block-tokens", "-1");
    refused("--max-step-tokens: is 65537, must be 1 to 65536", "--max-step-tokens", "65537");
    refused("--max-requests: is 4097, must be 1 to 4096", "--max-requests", "4097");
    refused("--kv-blocks: is 0 blocks of ", "--kv-blocks", "0");
    refused("--kv-memory: is 0 blocks of ", "--kv-memory", "12");
    refused("kv blocks: ", "--kv-memory", "4TiB", "--block-tokens", "16384");
    refused("is not a size above 0 like 4096, 64KiB", "--kv-memory", "12XB");
    refused("mutually exclusive", "--kv-memory", "1MiB", "--kv-blocks", "3");
    refused("--runner", "--runner", "gpu");
  }

  @Test
  void namesTheModelThatIsNotThere() {
    assertThatThrownBy(() -> parse("--model", "/nowhere/a.gguf").openModel())
        .isInstanceOf(ParameterException.class)
        .hasMessage("--model: /nowhere/a.gguf: there is no such file");
  }

  @Test
  void takesAQuarterOfTheMemoryAndNoMoreThanItNeeds() {
    KvSize unsaid = new KvSize();
    assertThat(KIB.blockBytes()).isEqualTo(1024);
    assertThat(unsaid.blockCount(KIB, 4 << 20)).isEqualTo(1024);
    assertThat(unsaid.blockCount(KIB, 1L << 40)).isEqualTo(KvSize.DEFAULT_MAX_BLOCKS);
    BlockGeometry large = new BlockGeometry(32, 8, 128, 2, 16);
    assertThat(unsaid.blockCount(large, 1L << 40)).isEqualTo(512);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> unsaid.blockCount(KIB, 1024))
        .withMessage("--kv-memory: is 0 blocks of 1024 bytes, must be 1 to 16777216 blocks");
  }

  @Test
  void readsSizesAndAddresses() {
    assertThat(MemorySize.parse("4096").bytes()).isEqualTo(4096);
    assertThat(MemorySize.parse("3GiB").bytes()).isEqualTo(3L << 30);
    assertThat(MemorySize.describe(3L << 29)).isEqualTo("1.5 GiB");
    assertThat(MemorySize.describe(5 << 20)).isEqualTo("5 MiB");
    assertThat(MemorySize.describe(1)).isEqualTo("1 KiB");
    for (String bad :
        List.of("", "0", "-1", "1.5GiB", "9000000TiB", "99999999999999TiB", "1 GiB")) {
      assertThatIllegalArgumentException().isThrownBy(() -> MemorySize.parse(bad));
    }
    assertThat(HostPort.parse("localhost:80")).isEqualTo(new HostPort("localhost", 80));
    assertThat(HostPort.parse("[::1]:65535")).isEqualTo(new HostPort("::1", 65535));
    for (String bad :
        List.of("", "host", "host:", ":1", "host:0", "host:65536", "::1:80", "h:-1")) {
      assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(bad));
    }
  }

  private RunnerOptions options(String... arguments) {
    Path model = TinyModel.llama(1).write(folder);
    List<String> all = new ArrayList<>(List.of("--model", model.toString()));
    all.addAll(List.of(arguments));
    return parse(all.toArray(String[]::new));
  }

  private static RunnerOptions parse(String... arguments) {
    Host host = new Host();
    new CommandLine(host).parseArgs(arguments);
    return Objects.requireNonNull(host.options);
  }

  private void refused(String message, String... arguments) {
    assertThatThrownBy(
            () -> {
              RunnerOptions options = options(arguments);
              try (ModelFile model = options.openModel();
                  ModelRunner runner = options.openRunner(model)) {
                assertThat(runner).isNull();
              }
            })
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  /** A command that runs a model. */
  @Command(name = "host")
  private static final class Host {
    @Mixin private RunnerOptions options;
  }
}
