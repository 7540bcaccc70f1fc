package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The model of a {@link RandomTierSequence}: what each device block and each slot holds, as text. A
 * REMOTE tier is a server that others use too; what it holds is found by hash.
 */
final class RandomTierBytes {
  private static final List<TierKind> OWN = List.of(TierKind.DRAM, TierKind.CXL, TierKind.SSD);

  final String[][] device;
  private final List<TierSpec> specs;
  private final List<String[][]> tiers = new ArrayList<>();
  private final Map<String, String[]> server = new HashMap<>();
  private final int blockTokens;
  private final Coverage coverage;

  RandomTierBytes(int blocks, int blockTokens, List<TierSpec> specs, Coverage coverage) {
    this.coverage = coverage;
    this.blockTokens = blockTokens;
    this.specs = specs;
    device = new String[blocks][blockTokens];
    specs.forEach(spec -> tiers.add(new String[spec.slotCount()][blockTokens]));
  }

  /** One to three tiers, of which the last may be a server. */
  static List<TierSpec> specs(Random random) {
    List<TierSpec> specs = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int t = 0; t < count; t++) {
      int slots = 1 + random.nextInt(12);
      boolean last = t == count - 1 && random.nextBoolean();
      TierKind kind = last ? TierKind.REMOTE : OWN.get(Math.max(t, random.nextInt(OWN.size())));
      boolean exact = random.nextInt(3) > 0;
      String codec = exact ? "raw" : "int8";
      boolean persistent = random.nextBoolean();
      long speed = 1L << random.nextInt(40);
      specs.add(new TierSpec(kind, "t" + t, slots, persistent, codec, exact, false, speed, speed));
    }
    return specs;
  }

  /** Another instance stores the first blocks of a request. */
  void storeElsewhere(RandomRequest other, int blocks) {
    for (int i = 0; i < blocks; i++) {
      String[] block = new String[blockTokens];
      for (int t = 0; t < blockTokens; t++) {
        block[t] = other.bytes(i * blockTokens + t);
      }
      server.put(other.chain.hi(i) + " " + other.chain.lo(i), block);
    }
  }

  /** Carries out one entry of a job. */
  CopyOutcome copy(CopyJob job, int i) {
    String key = job.hashHi()[i] + " " + job.hashLo()[i];
    boolean shared = specs.get(job.tier()).kind() == TierKind.REMOTE;
    switch (job.kind()) {
      case PROBE -> {
        return server.containsKey(key) ? CopyOutcome.DONE : CopyOutcome.MISS;
      }
      case LOAD -> {
        String[] from = shared ? server.get(key) : tiers.get(job.tier())[job.slots()[i]];
        System.arraycopy(from, 0, device[job.blocks()[i]], 0, blockTokens);
      }
      case STORE -> put(job, i, job.tier(), job.slots()[i], device[job.blocks()[i]]);
      case MOVE ->
          put(job, i, job.toTier(), job.toSlots()[i], tiers.get(job.tier())[job.slots()[i]]);
    }
    return CopyOutcome.DONE;
  }

  private void put(CopyJob job, int i, int tier, int slot, String[] bytes) {
    String[] written = bytes.clone();
    if (!specs.get(tier).exact()) {
      // What goes into a lossy tier does not come back as it was.
      assertThat(SaltTag.lossy(job.saltTags()[i])).as("may be stored there").isTrue();
      Arrays.setAll(written, token -> "~" + bytes[token]);
      coverage.met(job.kind() + " to a lossy tier");
    }
    tiers.get(tier)[slot] = written;
    if (specs.get(tier).kind() == TierKind.REMOTE) {
      server.put(job.hashHi()[i] + " " + job.hashLo()[i], written);
    }
  }
}
