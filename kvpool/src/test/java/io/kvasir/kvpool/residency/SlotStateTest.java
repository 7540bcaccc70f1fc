package io.kvasir.kvpool.residency;

import static io.kvasir.kvpool.residency.SlotState.ABSENT;
import static io.kvasir.kvpool.residency.SlotState.EVICTING;
import static io.kvasir.kvpool.residency.SlotState.LOADING;
import static io.kvasir.kvpool.residency.SlotState.RESIDENT;
import static io.kvasir.kvpool.residency.SlotState.STORING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SlotStateTest {
  private static final Map<SlotState, Set<SlotState>> LEGAL =
      Map.of(
          ABSENT, EnumSet.of(STORING, RESIDENT),
          STORING, EnumSet.of(RESIDENT, ABSENT, EVICTING),
          RESIDENT, EnumSet.of(LOADING, ABSENT),
          LOADING, EnumSet.of(RESIDENT, EVICTING),
          EVICTING, EnumSet.of(ABSENT));

  @Test
  void tenMovesAreLegalAndFifteenThrow() {
    for (SlotState from : SlotState.values()) {
      for (SlotState to : SlotState.values()) {
        SlotMeta meta = new SlotMeta(8);
        meta.states[7] = from.code;
        if (LEGAL.getOrDefault(from, Set.of()).contains(to)) {
          meta.move(7, to);
          assertThat(meta.state(7)).isEqualTo(to);
        } else {
          assertThatThrownBy(() -> meta.move(7, to))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("slot 7: illegal move " + from + " -> " + to);
          assertThat(meta.state(7)).isEqualTo(from);
        }
      }
    }
  }

  @Test
  void aSlotIsFoundFromTheBeginningOfItsStoreUntilItIsGivenUp() {
    assertThat(SlotState.values())
        .filteredOn(SlotState::indexed)
        .containsExactly(STORING, RESIDENT, LOADING);
  }

  @Test
  void onlyWhatWasStoredIsReadable() {
    assertThat(SlotState.values())
        .filteredOn(SlotState::readable)
        .containsExactly(RESIDENT, LOADING);
  }
}
