package io.kvasir.scheduler.cli;

import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.TenantSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code serve} that say who may do what; a mixin. */
final class TenantOptions {

  /** Which hopeless requests are refused on arrival. */
  enum Refusal {
    /** None. */
    off,
    /** Those that would be past their deadline. */
    deadline,
    /** Those that would miss their target of the time to the first token, too. */
    on
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--tenants",
      paramLabel = "FILE",
      description =
          "Tenants with their weights, targets, limits and quotas, in YAML; see docs/tenants.md."
              + " Operators may change them while the server runs (default: all alike).")
  private @Nullable Path tenants;

  @Option(
      names = "--early-refusal",
      paramLabel = "off|deadline|on",
      description =
          "Refuse on arrival, with a retry hint, what the backlog makes too late: nothing; what"
              + " would be past its deadline; or also what would miss its ttft_ms. A tenant may"
              + " have its own (default: ${DEFAULT-VALUE}).")
  private Refusal earlyRefusal = Refusal.deadline;

  /** What was given. */
  TenantSettings settings() {
    try {
      Path file = tenants;
      TenantSettings settings =
          file == null ? TenantSettings.DEFAULT : TenantFile.read(file).settings();
      return settings.withEarlyRefusal(
          switch (earlyRefusal) {
            case off -> EarlyRefusal.OFF;
            case deadline -> EarlyRefusal.DEADLINE;
            case on -> EarlyRefusal.ON;
          });
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--tenants: " + e.getMessage(), e);
    }
  }
}
