package io.kvasir.scheduler.tenant;

import io.kvasir.kvpool.tier.TierKind;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant was promised and may use. Fields out of bounds are refused with an {@link
 * IllegalArgumentException} that names the field, as the tenants' file and the operator API call
 * it, and the limit.
 *
 * @param id who pays: 1 to 128 printable ASCII characters
 * @param weight its share of the service among those who wait, 0.001 to 1,000
 * @param priorityClass which priorities its requests may have
 * @param ttftMillis target of the time to the first token, 0: none
 * @param tbtMillis target of the time between tokens, 0: none
 * @param requests how many requests it may send
 * @param tokens how many tokens it may ask for: prompt and most output, charged on entry; what was
 *     not used is given back at the end
 * @param maxConcurrent most of its requests in the system: accepted and not ended; 0: any number
 * @param maxQueued most of its requests that were not scheduled yet, 0: what the server has room
 *     for
 * @param deviceKvBytes KV of the worker's arena that its requests may hold while others wait; 0:
 *     any
 * @param maxStepTokens most tokens that one step computes for its requests together; 0: what the
 *     step has room for
 * @param tierKvBytes KV that its requests and sessions may have in each kind of tier, as large as
 *     in the arena; without an entry: any
 * @param earlyRefusal which hopeless requests are refused; null: as the server does otherwise
 */
public record TenantSpec(
    String id,
    double weight,
    PriorityClass priorityClass,
    int ttftMillis,
    int tbtMillis,
    Rate requests,
    Rate tokens,
    int maxConcurrent,
    int maxQueued,
    long deviceKvBytes,
    int maxStepTokens,
    Map<TierKind, Long> tierKvBytes,
    @Nullable EarlyRefusal earlyRefusal) {

  private static final int MAX_ID_LENGTH = 128;
  private static final double WEIGHT_MIN = 1e-3;
  private static final double WEIGHT_MAX = 1e3;
  private static final int MILLIS_MAX = 86_400_000;
  private static final int REQUESTS_MAX = 1_000_000;
  private static final int STEP_TOKENS_MAX = 1 << 20;
  private static final double RATE_MIN = 1e-3;
  private static final double RATE_MAX = 1e9;
  private static final double BURST_MAX = 1e12;

  public TenantSpec {
    checkId(id);
    within(id, "weight", weight, WEIGHT_MIN, WEIGHT_MAX);
    within(id, "ttft_ms", ttftMillis, 0, MILLIS_MAX);
    within(id, "tbt_ms", tbtMillis, 0, MILLIS_MAX);
    checkRate(id, "requests_per_second", "request_burst", requests);
    checkRate(id, "tokens_per_second", "token_burst", tokens);
    within(id, "max_concurrent_requests", maxConcurrent, 0, REQUESTS_MAX);
    within(id, "max_queued_requests", maxQueued, 0, REQUESTS_MAX);
    within(id, "max_step_tokens", maxStepTokens, 0, STEP_TOKENS_MAX);
    if (deviceKvBytes < 0) {
      throw new IllegalArgumentException(
          "tenant %s: kv_quota.device must be at least 0, is %d".formatted(id, deviceKvBytes));
    }
    tierKvBytes = Map.copyOf(tierKvBytes);
    tierKvBytes.forEach((kind, bytes) -> checkTierKv(id, kind, bytes));
  }

  /** A tenant with a weight and targets, without limits. */
  public TenantSpec(String id, double weight, int ttftMillis, int tbtMillis) {
    this(
        id,
        weight,
        PriorityClass.HIGH,
        ttftMillis,
        tbtMillis,
        Rate.NONE,
        Rate.NONE,
        0,
        0,
        0,
        0,
        Map.of(),
        null);
  }

  /** A tenant of weight 1 without targets and limits. */
  public static TenantSpec of(String id) {
    return new TenantSpec(id, 1, 0, 0);
  }

  /** The same, to be changed. */
  public TenantDraft toDraft() {
    return new TenantDraft(this);
  }

  /** The same for another tenant. */
  public TenantSpec as(String tenantId) {
    return toDraft().id(tenantId).build();
  }

  /** The target of a request that wants {@code wanted}: the tighter of both. 0: none. */
  public int ttftMillis(int wanted) {
    return tighter(ttftMillis, wanted);
  }

  /** The same for the time between tokens. */
  public int tbtMillis(int wanted) {
    return tighter(tbtMillis, wanted);
  }

  static int tighter(int promised, int wanted) {
    return promised == 0 || wanted == 0 ? Math.max(promised, wanted) : Math.min(promised, wanted);
  }

  private static void checkTierKv(String id, TierKind kind, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "tenant %s: kv_quota.%s must be at least 1, is %d"
              .formatted(id, kind.name().toLowerCase(Locale.ROOT), bytes));
    }
  }

  private static void checkId(String id) {
    if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
      throw new IllegalArgumentException(
          "id has %d characters, it must be 1 to %d".formatted(id.length(), MAX_ID_LENGTH));
    }
    if (!id.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
      throw new IllegalArgumentException("id must be printable ASCII");
    }
  }

  private static void checkRate(String id, String field, String burstField, Rate rate) {
    if (rate.perSecond() == 0 && rate.burst() == 0) {
      return;
    }
    if (rate.perSecond() == 0) {
      throw new IllegalArgumentException(
          "tenant %s: %s goes with %s".formatted(id, burstField, field));
    }
    within(id, field, rate.perSecond(), RATE_MIN, RATE_MAX);
    within(id, burstField, rate.burst(), 1, BURST_MAX);
  }

  private static void within(String id, String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "tenant %s: %s must be %s to %s, is %s"
              .formatted(id, field, plain(least), plain(most), plain(value)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }
}
