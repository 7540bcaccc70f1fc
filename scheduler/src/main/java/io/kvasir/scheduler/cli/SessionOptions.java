package io.kvasir.scheduler.cli;

import io.kvasir.scheduler.session.KvQuota;
import io.kvasir.scheduler.session.SessionConfig;
import io.kvasir.worker.cli.MemorySize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code serve} that bound what sessions may protect; a mixin. */
final class SessionOptions {
  private static final String QUOTA = "--session-kv-quota";
  private static final Pattern BLOCKS = Pattern.compile("\\d{1,9}");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = QUOTA,
      paramLabel = "[TENANT=]SIZE|BLOCKS",
      description =
          "KV that the sessions of one tenant may protect between their turns, in arena and tiers"
              + " together: a size such as 64MiB, or a number of blocks; 0: none, so that hints are"
              + " refused. With TENANT= for that tenant, without for all others; may be repeated"
              + " (default: an eighth of all KV memory).")
  private List<String> quotas = new ArrayList<>();

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      description =
          "Most sessions whose hints are kept, 1 to 1000000; those of further ones are refused"
              + " (default: ${DEFAULT-VALUE}).")
  private int maxSessions = SessionConfig.DEFAULT.maxSessions();

  /** What was given. */
  SessionConfig config() {
    KvQuota all = SessionConfig.DEFAULT.quota();
    Map<String, KvQuota> tenants = new HashMap<>();
    for (String given : quotas) {
      // A tenant's id may hold an equals sign, a quota does not.
      int equals = given.lastIndexOf('=');
      KvQuota quota = quota(given.substring(equals + 1));
      if (equals < 0) {
        all = quota;
      } else {
        tenants.put(given.substring(0, equals), quota);
      }
    }
    try {
      return new SessionConfig(maxSessions, all, tenants);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--max-sessions: is " + maxSessions + ", must be 1 to 1000000", e);
    }
  }

  private KvQuota quota(String text) {
    try {
      return BLOCKS.matcher(text).matches()
          ? new KvQuota.Blocks(Long.parseLong(text))
          : new KvQuota.Bytes(MemorySize.parse(text).bytes());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          QUOTA + ": '" + text + "' is neither a number of blocks nor a size like 64MiB",
          e);
    }
  }
}
