package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Recounts holds, readers and slots in flight from the jobs in flight. Reads only; makes garbage.
 */
final class CopyCount {
  private CopyCount() {}

  static List<String> violations(CopyLedger ledger, Tiers tiers, BlockPool pool) {
    int[] holds = new int[pool.totalBlocks()];
    int[][] readers = new int[tiers.count()][];
    int[][] writers = new int[tiers.count()][];
    for (int t = 0; t < tiers.count(); t++) {
      readers[t] = new int[tiers.get(t).meta.slotCount];
      writers[t] = new int[tiers.get(t).meta.slotCount];
    }
    for (CopyLedger.InFlight copy : ledger.inFlight()) {
      CopyJob job = copy.job();
      for (int block : job.blocks()) {
        holds[block]++;
      }
      for (int slot : job.slots()) {
        (job.kind() == CopyKind.STORE ? writers : readers)[job.tier()][slot]++;
      }
      for (int slot : job.toSlots()) {
        writers[job.toTier()][slot]++;
      }
    }
    List<String> violations = new ArrayList<>();
    for (int block = 0; block < holds.length; block++) {
      if (holds[block] != pool.meta().holds(block)) {
        violations.add(
            "block %d: %d copies in flight, %d holds"
                .formatted(block, holds[block], pool.meta().holds(block)));
      }
    }
    for (int t = 0; t < tiers.count(); t++) {
      SlotMeta meta = tiers.get(t).meta;
      for (int slot = 0; slot < meta.slotCount; slot++) {
        SlotState state = meta.state(slot);
        boolean written =
            state == SlotState.STORING || (state == SlotState.EVICTING && meta.readers[slot] == 0);
        if (readers[t][slot] != meta.readers[slot] || writers[t][slot] != (written ? 1 : 0)) {
          violations.add(
              "tier %s: %s slot %d: %d readers and %d writers in flight, %d readers recorded"
                  .formatted(
                      tiers.get(t).spec().name(),
                      state,
                      slot,
                      readers[t][slot],
                      writers[t][slot],
                      meta.readers[slot]));
        }
      }
    }
    return violations;
  }
}
