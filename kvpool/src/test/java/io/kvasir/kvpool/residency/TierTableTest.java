package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.group.GroupOwner;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Every operation on a slot in every state. A cell is the slot's state afterwards; {@code !} is a
 * refusal with the line's message that leaves the slot as it was; what an operation answers stands
 * behind a slash. EVICTING is tried twice: while a copy still writes the slot, and while one reads.
 */
final class TierTableTest {
  private static final long HASH = 7;
  private static final List<String> STATES =
      List.of("ABSENT", "STORING", "RESIDENT", "LOADING", "EVICTING written", "EVICTING read");

  private static final String FREE_TO_GO =
      """
      beginStore   | STORING/0  | !        | !          | !          | EVICTING/1 | EVICTING/1 | \
      hash 00000000000000070000000000000007 is in tier t already
      store done   | !          | RESIDENT | !          | !          | ABSENT     | !          | \
      nobody writes slot 0: %s
      store failed | !          | ABSENT   | !          | !          | ABSENT     | !          | \
      nobody writes slot 0: %s
      beginRead    | !          | !        | LOADING    | LOADING    | !          | !          | \
      slot 0 is %s
      read good    | !          | !        | !          | RESIDENT   | !          | ABSENT     | \
      nobody reads slot 0
      read bad     | !          | !        | !          | ABSENT     | !          | ABSENT     | \
      nobody reads slot 0
      pin          | !          | STORING  | RESIDENT   | LOADING    | !          | !          | \
      slot 0 is %s
      unpin        | ABSENT     | !        | !          | !          | EVICTING   | EVICTING   | \
      slot 0 is not pinned
      unpin rank 4 | ABSENT     | !        | !          | !          | EVICTING   | EVICTING   | \
      rank must be 0 to 3, is 4
      disown       | ABSENT     | !        | !          | !          | EVICTING   | EVICTING   | \
      nobody of rank 2 owns slot 0
      evict        | !          | EVICTING | ABSENT     | EVICTING   | !          | !          | \
      slot 0 holds nothing
      limit 0      | ABSENT     | STORING  | ABSENT     | LOADING    | EVICTING   | EVICTING   |
      limit -1     | !          | !        | !          | !          | !          | !          | \
      limit of tier t must be 0 to 4 slots, is -1
      limit 5      | !          | !        | !          | !          | !          | !          | \
      limit of tier t must be 0 to 4 slots, is 5
      restore      | RESIDENT/y | STORING/n | RESIDENT/n | LOADING/n | EVICTING/n | EVICTING/n |
      restore twin | ABSENT/y   | STORING/n | RESIDENT/n | LOADING/n | EVICTING/y | EVICTING/y |
      """;

  /** The same where a request pins the block, or did when it was given up. */
  private static final String PINNED =
      """
      store done   | !          | RESIDENT | !          | !          | ABSENT     | !          | \
      nobody writes slot 0: %s
      store failed | !          | ABSENT   | !          | !          | ABSENT     | !          | \
      nobody writes slot 0: %s
      beginRead    | !          | !        | LOADING    | LOADING    | !          | !          | \
      slot 0 is %s
      read good    | !          | !        | !          | RESIDENT   | !          | ABSENT     | \
      nobody reads slot 0
      read bad     | !          | !        | !          | ABSENT     | !          | ABSENT     | \
      nobody reads slot 0
      pin          | !          | STORING  | RESIDENT   | LOADING    | !          | !          | \
      slot 0 is %s
      unpin        | ABSENT     | STORING  | RESIDENT   | LOADING    | EVICTING   | EVICTING   |
      unpin rank 4 | ABSENT     | !        | !          | !          | EVICTING   | EVICTING   | \
      rank must be 0 to 3, is 4
      evict        | !          | EVICTING | ABSENT     | EVICTING   | !          | !          | \
      slot 0 holds nothing
      limit 0      | ABSENT     | STORING  | RESIDENT   | LOADING    | EVICTING   | EVICTING   |
      """;

  private final Map<String, BiFunction<TierTable, Integer, String>> operations =
      new LinkedHashMap<>();

  TierTableTest() {
    operations.put("beginStore", (tier, _) -> "/" + store(tier));
    operation("store done", (tier, _) -> tier.endStore(0, true));
    operation("store failed", (tier, _) -> tier.endStore(0, false));
    operation("beginRead", (tier, _) -> tier.beginRead(0));
    operation("read good", (tier, _) -> tier.endRead(0, true));
    operation("read bad", (tier, _) -> tier.endRead(0, false));
    operation("pin", (tier, _) -> tier.pin(0));
    operation("unpin", (tier, life) -> tier.unpin(0, life, 2));
    operation("unpin rank 4", (tier, life) -> tier.unpin(0, life, 4));
    operation("disown", (tier, life) -> tier.disown(0, life, 2));
    operation("evict", (tier, _) -> tier.evict(0));
    operation("limit 0", (tier, _) -> tier.setLimit(0));
    operation("limit -1", (tier, _) -> tier.setLimit(-1));
    operation("limit 5", (tier, _) -> tier.setLimit(5));
    operations.put("restore", (tier, _) -> tier.restore(stored(0, HASH + 1)) ? "/y" : "/n");
    operations.put("restore twin", (tier, _) -> tier.restore(stored(3, HASH)) ? "/y" : "/n");
  }

  @Test
  void everyOperationInEveryState() {
    assertThat(FREE_TO_GO.lines().map(line -> cells(line).getFirst()))
        .containsExactlyElementsOf(operations.keySet());
    check(FREE_TO_GO, false);
  }

  @Test
  void everyOperationInEveryStateOfAPinnedSlot() {
    check(PINNED, true);
  }

  @Test
  void aSlotWithTwoReadersWaitsForBoth() {
    TierTable tier = in("LOADING", false);
    tier.beginRead(0);
    tier.endRead(0, true);
    assertThat(tier.state(0)).isEqualTo(SlotState.LOADING);
    tier.endRead(0, false);
    assertThat(tier.state(0)).isEqualTo(SlotState.ABSENT);
    assertThat(tier.violations()).isEmpty();
  }

  @Test
  void aMissWhileAnotherReadsHidesTheBlockAtOnce() {
    TierTable tier = in("LOADING", false);
    tier.beginRead(0);
    tier.endRead(0, false);
    assertThat(tier.find(HASH, HASH)).isEqualTo(TierTable.NONE);
    assertThat(tier.state(0)).isEqualTo(SlotState.EVICTING);
    tier.endRead(0, true);
    assertThat(tier.state(0)).isEqualTo(SlotState.ABSENT);
    assertThat(tier.violations()).isEmpty();
  }

  @Test
  void aPinEndsWithTheLifeItWasFor() {
    TierTable tier = in("RESIDENT", true);
    int life = tier.meta().life(0);
    tier.evict(0);
    store(tier);
    tier.pin(0);
    tier.unpin(0, life, 0);
    assertThat(tier.meta().pins(0)).isEqualTo(1);
    tier.disown(0, life, 2);
    assertThat(tier.violations()).isEmpty();
  }

  private void check(String table, boolean pinned) {
    for (String line : table.lines().toList()) {
      List<String> cells = cells(line);
      for (int s = 0; s < STATES.size(); s++) {
        TierTable tier = in(STATES.get(s), pinned);
        String before = tier.state(0).name();
        String expected = cells.get(s + 1);
        String message = cells.size() > 7 ? cells.get(7).formatted(before) : "";
        assertThat(outcome(tier, cells.getFirst()))
            .as("%s in %s", cells.getFirst(), STATES.get(s))
            .isEqualTo(expected.equals("!") ? before + " ! " + message : expected);
        assertThat(tier.violations()).as("%s in %s", cells.getFirst(), STATES.get(s)).isEmpty();
      }
    }
  }

  private String outcome(TierTable tier, String operation) {
    String answer;
    try {
      answer = Objects.requireNonNull(operations.get(operation)).apply(tier, tier.meta().life(0));
    } catch (IllegalStateException | IllegalArgumentException e) {
      answer = " ! " + e.getMessage();
    }
    return tier.state(0) + answer;
  }

  /** A tier of four slots whose slot 0 is in a state. */
  private static TierTable in(String state, boolean pinned) {
    TierTable tier =
        new TierTable(new TierSpec(TierKind.DRAM, "t", 4, false, "raw", true, false, 1, 1));
    if (state.equals("ABSENT")) {
      return tier;
    }
    store(tier);
    if (pinned) {
      tier.pin(0);
    }
    if (!state.equals("STORING") && !state.equals("EVICTING written")) {
      tier.endStore(0, true);
    }
    if (state.equals("LOADING") || state.equals("EVICTING read")) {
      tier.beginRead(0);
    }
    if (state.startsWith("EVICTING")) {
      tier.evict(0);
    }
    assertThat(state).startsWith(tier.state(0).name());
    assertThat(tier.violations()).isEmpty();
    return tier;
  }

  private static int store(TierTable tier) {
    GroupOwner batch = new GroupOwner();
    try {
      return tier.beginStore(batch, HASH, HASH, 4, 1, 1);
    } finally {
      tier.close(batch);
    }
  }

  private static StoredBlock stored(int slot, long hash) {
    return new StoredBlock(0, slot, hash, hash, 4, 1, 1, 0);
  }

  private void operation(String name, BiConsumer<TierTable, Integer> body) {
    operations.put(
        name,
        (tier, life) -> {
          body.accept(tier, life);
          return "";
        });
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|", 8)).map(String::strip).toList();
  }
}
