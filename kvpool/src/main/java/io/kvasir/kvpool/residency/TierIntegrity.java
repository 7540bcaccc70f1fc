package io.kvasir.kvpool.residency;

import java.util.ArrayList;
import java.util.List;

/** Recounts a tier from its slots' states. Reads only; makes garbage; O(slots). */
final class TierIntegrity {
  private final TierTable table;
  private final SlotMeta meta;
  private final List<String> violations = new ArrayList<>();

  TierIntegrity(TierTable table) {
    this.table = table;
    this.meta = table.meta;
  }

  List<String> violations() {
    int[] counts = new int[SlotState.values().length];
    int indexed = 0;
    for (int slot = 0; slot < meta.slotCount; slot++) {
      counts[meta.states[slot]]++;
      indexed += meta.state(slot).indexed() ? 1 : 0;
      checkSlot(slot);
    }
    for (SlotState state : SlotState.values()) {
      expect(state + " slots", counts[state.code], table.count(state));
    }
    expect("free slots", counts[SlotState.ABSENT.code], table.slots.free());
    expect("indexed hashes", indexed, table.index.size());
    int sum = 0;
    for (SlotState state : SlotState.values()) {
      sum += table.count(state);
    }
    expect("free + storing + resident + loading + evicting", meta.slotCount, sum);
    meta.shares.check(meta, violations);
    if (table.slots.figures().keptSlots() > 0) {
      violations.add("tier %s: a batch was not closed".formatted(table.spec().name()));
    }
    for (String violation : table.slots.violations()) {
      violations.add("tier %s: %s".formatted(table.spec().name(), violation));
    }
    return List.copyOf(violations);
  }

  private void checkSlot(int slot) {
    SlotState state = meta.state(slot);
    String name = "tier %s: %s slot %d".formatted(table.spec().name(), state, slot);
    boolean plausible =
        switch (state) {
          case ABSENT -> meta.readers[slot] == 0 && meta.pins[slot] == 0 && meta.ranks[slot] == 0;
          case STORING, RESIDENT -> meta.readers[slot] == 0;
          case LOADING -> meta.readers[slot] > 0;
          case EVICTING -> true;
        };
    if (!plausible) {
      violations.add(
          "%s has %d readers, %d pins".formatted(name, meta.readers[slot], meta.pins[slot]));
    }
    if (table.slots.contains(slot) != (state == SlotState.ABSENT)) {
      violations.add(name + ": wrong in the allocator");
    }
    int rank = 0;
    for (int r = 1; r < SlotClaims.RANKS; r++) {
      rank = meta.owners(slot, r) > 0 ? r : rank;
    }
    if (meta.ranks[slot] != rank) {
      violations.add("%s: rank %d, owned with rank %d".formatted(name, meta.ranks[slot], rank));
    }
    boolean evictable = state == SlotState.RESIDENT && meta.pins[slot] == 0;
    for (int r = 0; r < SlotClaims.RANKS; r++) {
      if (table.claims.isEvictable(slot, r) != (evictable && rank == r)) {
        violations.add("%s: wrong in the eviction queue of rank %d".formatted(name, r));
      }
    }
    if (state.indexed() && table.find(meta.hashHi[slot], meta.hashLo[slot]) != slot) {
      violations.add(name + " is not found by its hash");
    }
  }

  private void expect(String what, int expected, int actual) {
    if (expected != actual) {
      violations.add(
          "tier %s: %s: counted %d, recorded %d"
              .formatted(table.spec().name(), what, expected, actual));
    }
  }
}
