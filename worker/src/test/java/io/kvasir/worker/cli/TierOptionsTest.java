package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.worker.memory.WorkerTiers;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.TinyModel;
import io.kvasir.worker.runner.ModelRunner;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** The options of the tiers' codecs: what they make, and one line for each that is wrong. */
final class TierOptionsTest {
  @TempDir Path folder;

  @Command(name = "test")
  private static final class Holder {
    @Mixin private RunnerOptions runner = new RunnerOptions();
    @Mixin private TierOptions tiers = new TierOptions();
  }

  /** The tiers that these options make for a model of floats, or for the hash oracle. */
  private List<TierSpec> tiers(boolean hash, String... options) {
    Holder holder = new Holder();
    CommandLine command = new CommandLine(holder);
    Path model = TinyModel.llama(1).write(folder);
    String[] all = new String[options.length + 4];
    all[0] = "--model=" + model;
    all[1] = "--kv-blocks=8";
    all[2] = "--threads=1";
    all[3] = "--runner=" + (hash ? "hash" : "cpu");
    System.arraycopy(options, 0, all, 4, options.length);
    command.parseArgs(all);
    try (ModelFile file = holder.runner.openModel();
        ModelRunner runner = holder.runner.openRunner(file);
        WorkerTiers tiers = holder.tiers.open(runner)) {
      return tiers == null ? List.of() : tiers.tiers();
    }
  }

  @Test
  void storesBlocksAsTheyAreUnlessToldOtherwise() {
    List<TierSpec> tiers = tiers(false, "--kv-dram", "1MiB", "--kv-ssd", folder + "/ssd");
    assertThat(tiers).hasSize(2).allMatch(TierSpec::exact);
    assertThat(tiers).extracting(TierSpec::codec).containsOnly("raw");
  }

  @Test
  void aSmallerCodecMakesRoomForMoreBlocks() {
    String[] options = {"--kv-dram", "1MiB", "--block-tokens", "256", "--kv-codec", "dram=int8"};
    TierSpec raw = tiers(false, "--kv-dram", "1MiB", "--block-tokens", "256").getFirst();
    TierSpec int8 = tiers(false, options).getFirst();
    assertThat(int8.codec()).isEqualTo("int8");
    assertThat(int8.exact()).isFalse();
    assertThat(int8.slotCount()).isGreaterThan(2 * raw.slotCount());
  }

  @Test
  void saysWhatIsWrongWithACodec() {
    refuse("dram=zip", "codec of tier dram: unknown codec 'zip'; known are raw, int8, cachegen");
    refuse("hbm=int8", "--kv-codec: 'hbm' is not dram, cxl, ssd or remote");
    refuse("ssd=int8", "--kv-codec: there is no tier ssd");
    assertThatThrownBy(() -> tiers(true, "--kv-dram", "1MiB", "--kv-codec", "dram=int8"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("codec of tier dram: codec int8 needs elements of 4 bytes");
  }

  @Test
  void refusesALinkToATierThatIsNotThere() {
    assertThat(tiers(false, "--kv-dram", "1MiB", "--kv-link", "dram=1000000000:5")).hasSize(1);
    assertThatThrownBy(() -> tiers(false, "--kv-dram", "1MiB", "--kv-link", "ssd=1000000000"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("--kv-link: there is no tier ssd");
  }

  @Test
  void aSizeBeyondAllDisksIsNoReasonToFailWithoutADisk() {
    assertThat(tiers(false, "--kv-dram", "1MiB", "--kv-ssd-size", "8388607TiB")).hasSize(1);
  }

  private void refuse(String codec, String message) {
    assertThatThrownBy(() -> tiers(false, "--kv-dram", "1MiB", "--kv-codec", codec))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(message);
  }
}
