package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The model of a {@link RandomTierSequence}: what each device block and each slot holds, as text. A
 * REMOTE tier is a server that others use too; what it holds is found by hash.
 */
final class RandomTierBytes {
  final String[][] device;
  private final List<TierSpec> specs;
  private final List<String[][]> tiers = new ArrayList<>();
  private final Map<String, String[]> server = new HashMap<>();
  private final int blockTokens;

  RandomTierBytes(int blocks, int blockTokens, List<TierSpec> specs) {
    this.blockTokens = blockTokens;
    this.specs = specs;
    device = new String[blocks][blockTokens];
    specs.forEach(spec -> tiers.add(new String[spec.slotCount()][blockTokens]));
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
      case STORE -> put(job.tier(), job.slots()[i], key, device[job.blocks()[i]]);
      case MOVE -> put(job.toTier(), job.toSlots()[i], key, tiers.get(job.tier())[job.slots()[i]]);
    }
    return CopyOutcome.DONE;
  }

  private void put(int tier, int slot, String key, String[] bytes) {
    System.arraycopy(bytes, 0, tiers.get(tier)[slot], 0, blockTokens);
    if (specs.get(tier).kind() == TierKind.REMOTE) {
      server.put(key, bytes.clone());
    }
  }
}
