package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.tenant.ClassTargets;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.Rate;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.worker.model.TinyModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TenantFileTest {
  @TempDir private Path folder;

  @Test
  void theExampleOfTheManualSaysWhatItSays() {
    Path example = Path.of(System.getProperty("kvasir.home"), "docs", "tenants.yaml");
    TenantSettings settings = TenantFile.read(example).settings();
    assertThat(settings.admitUnknown()).isTrue();
    assertThat(settings.maxUnknown()).isEqualTo(4096);
    assertThat(settings.unknown().weight()).isEqualTo(0.5);
    assertThat(settings.unknown().priorityClass()).isEqualTo(PriorityClass.NORMAL);
    assertThat(settings.unknown().maxConcurrent()).isEqualTo(16);
    assertThat(settings.configured())
        .containsExactly(
            new TenantSpec("chat", 4, 500, 60)
                .toDraft()
                .maxQueued(200)
                .earlyRefusal(EarlyRefusal.ON)
                .build(),
            TenantSpec.of("batch")
                .toDraft()
                .priorityClass(PriorityClass.LOW)
                .requests(new Rate(20, 100))
                .tokens(new Rate(50_000, 500_000))
                .maxConcurrent(64)
                .maxStepTokens(256)
                .earlyRefusal(EarlyRefusal.DEADLINE)
                .deviceKvBytes(512L << 20)
                .tierKvBytes(TierKind.DRAM, 2L << 30)
                .tierKvBytes(TierKind.SSD, 20L << 30)
                .build());
  }

  @Test
  void classesHaveTargets() throws IOException {
    TenantSettings settings = read("classes: {high: {ttft_ms: 900}, low: {tbt_ms: 700}}");
    assertThat(settings.classTargets())
        .isEqualTo(
            new ClassTargets(
                Map.of(
                    PriorityClass.HIGH, new ClassTargets.Targets(900, 0),
                    PriorityClass.LOW, new ClassTargets.Targets(0, 700))));
  }

  @Test
  void nothingIsTheDefault() throws IOException {
    assertThat(read("")).isEqualTo(TenantSettings.DEFAULT);
    TenantSettings one = read("unknown: {admit: false}\ntenants: {a: {}}\n");
    assertThat(one.admitUnknown()).isFalse();
    assertThat(one.configured()).containsExactly(TenantSpec.of("a"));
    assertThat(read("tenants: {a: {requests_per_second: 0.5}}").configured().getFirst().requests())
        .as("a second's worth, at least one")
        .isEqualTo(new Rate(0.5, 1));
  }

  @Test
  void refusesWithTheLine() {
    assertRefused(
        "tenant: {}\n", "line 1: unknown key 'tenant'; there are classes, unknown, tenants");
    assertRefused("tenants:\n  a:\n    wieght: 2\n", "line 3: unknown key 'wieght'; there are");
    assertRefused("tenants:\n  a: {weight: 1}\n  a: {}\n", "line 3: a is there twice");
    assertRefused("tenants:\n  a: {weight: heavy}\n", "line 2: weight is a number, not 'heavy'");
    assertRefused(
        "tenants:\n  a:\n    weight: 0\n", "tenant a: weight must be 0.001 to 1000, is 0");
    assertRefused("tenants:\n  a: {class: gold}\n", "class is one of low, normal, high, not");
    assertRefused("tenants:\n  a: {request_burst: 3}\n", "request_burst goes with");
    assertRefused("tenants: [a]\n", "line 1: a mapping from tenants' ids");
    assertRefused("tenants:\n  a: {ttft_ms: [1]}\n", "ttft_ms takes one value");
    assertRefused("tenants:\n  a: {kv_quota: {disk: 1GiB}}\n", "unknown key 'disk'");
    assertRefused("tenants:\n  a: {kv_quota: {device: lots}}\n", "device is a size such as 4GiB");
    assertRefused("tenants:\n  a: {kv_quota: {ssd: 0}}\n", "ssd is a size such as 4GiB");
    assertRefused("classes:\n  gold: {}\n", "unknown key 'gold'; there are low, normal, high");
    assertRefused("classes:\n  low: {slow: 1}\n", "line 2: unknown key 'slow'");
    assertRefused("classes:\n  low: {ttft_ms: -1}\n", "ttft_ms must be 0 to 86400000, is -1");
    assertRefused("unknown: {admit: maybe}\n", "admit is true or false, not 'maybe'");
    assertRefused("unknown: {remember: 0}\n", "unknown.remember must be 1 to 1000000, is 0");
    assertRefused("tenants:\n  _others: {}\n", "_others");
    assertRefused("tenants: {\n", "not YAML");
  }

  @Test
  void serveTellsWhatIsWrongWithTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.yaml"), "tenants:\n  a: {colour: red}\n");
    Path model = TinyModel.llama(7).write(folder);
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new ServeCommand())
            .setErr(new PrintWriter(err))
            .execute("--model", model.toString(), "--tenants", file.toString());
    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("--tenants: ", "wrong.yaml, line 2: unknown key 'colour'");
    assertThat(new CommandLine(new ServeCommand()).getUsageMessage())
        .contains("--tenants=FILE", "--early-refusal=off|deadline|on");
  }

  private TenantSettings read(String yaml) throws IOException {
    return TenantFile.read(
            Files.writeString(Files.createTempFile(folder, "tenants", ".yaml"), yaml))
        .settings();
  }

  private void assertRefused(String yaml, String expected) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }
}
