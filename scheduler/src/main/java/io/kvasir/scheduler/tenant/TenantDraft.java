package io.kvasir.scheduler.tenant;

import io.kvasir.kvpool.tier.TierKind;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link TenantSpec} in the making, which see for the meaning of the fields. */
public final class TenantDraft {
  private String id;
  private double weight;
  private PriorityClass priorityClass;
  private int ttftMillis;
  private int tbtMillis;
  private Rate requests;
  private Rate tokens;
  private int maxConcurrent;
  private int maxQueued;
  private long deviceKvBytes;
  private int maxStepTokens;
  private final Map<TierKind, Long> tierKvBytes = new EnumMap<>(TierKind.class);
  private @Nullable EarlyRefusal earlyRefusal;

  TenantDraft(TenantSpec from) {
    id = from.id();
    weight = from.weight();
    priorityClass = from.priorityClass();
    ttftMillis = from.ttftMillis();
    tbtMillis = from.tbtMillis();
    requests = from.requests();
    tokens = from.tokens();
    maxConcurrent = from.maxConcurrent();
    maxQueued = from.maxQueued();
    deviceKvBytes = from.deviceKvBytes();
    maxStepTokens = from.maxStepTokens();
    tierKvBytes.putAll(from.tierKvBytes());
    earlyRefusal = from.earlyRefusal();
  }

  TenantDraft id(String value) {
    id = value;
    return this;
  }

  public TenantDraft weight(double value) {
    weight = value;
    return this;
  }

  public TenantDraft priorityClass(PriorityClass value) {
    priorityClass = value;
    return this;
  }

  public TenantDraft ttftMillis(int value) {
    ttftMillis = value;
    return this;
  }

  public TenantDraft tbtMillis(int value) {
    tbtMillis = value;
    return this;
  }

  public TenantDraft requests(Rate value) {
    requests = value;
    return this;
  }

  public TenantDraft tokens(Rate value) {
    tokens = value;
    return this;
  }

  public TenantDraft maxConcurrent(int value) {
    maxConcurrent = value;
    return this;
  }

  public TenantDraft maxQueued(int value) {
    maxQueued = value;
    return this;
  }

  public TenantDraft deviceKvBytes(long value) {
    deviceKvBytes = value;
    return this;
  }

  public TenantDraft maxStepTokens(int value) {
    maxStepTokens = value;
    return this;
  }

  /** 0: any. */
  public TenantDraft tierKvBytes(TierKind kind, long value) {
    if (value == 0) {
      tierKvBytes.remove(kind);
    } else {
      tierKvBytes.put(kind, value);
    }
    return this;
  }

  public TenantDraft earlyRefusal(@Nullable EarlyRefusal value) {
    earlyRefusal = value;
    return this;
  }

  /** Throws {@link IllegalArgumentException} naming the field that is out of bounds. */
  public TenantSpec build() {
    return new TenantSpec(
        id,
        weight,
        priorityClass,
        ttftMillis,
        tbtMillis,
        requests,
        tokens,
        maxConcurrent,
        maxQueued,
        deviceKvBytes,
        maxStepTokens,
        tierKvBytes,
        earlyRefusal);
  }
}
