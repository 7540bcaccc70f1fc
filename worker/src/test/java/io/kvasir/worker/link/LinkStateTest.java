package io.kvasir.worker.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The link's states, and how long it waits between two tries. */
final class LinkStateTest {
  @Test
  void goesAroundUntilClosed() {
    assertThat(LinkState.CONNECTING.to(LinkState.SERVING)).isEqualTo(LinkState.SERVING);
    assertThat(LinkState.SERVING.to(LinkState.LEAVING)).isEqualTo(LinkState.LEAVING);
    assertThat(LinkState.LEAVING.to(LinkState.WAITING)).isEqualTo(LinkState.WAITING);
    assertThat(LinkState.WAITING.to(LinkState.CONNECTING)).isEqualTo(LinkState.CONNECTING);
    for (LinkState state : new LinkState[] {LinkState.CONNECTING, LinkState.SERVING}) {
      assertThat(state.to(LinkState.CLOSED)).isEqualTo(LinkState.CLOSED);
    }
  }

  @Test
  void refusesOtherMoves() {
    assertThatIllegalStateException()
        .isThrownBy(() -> LinkState.SERVING.to(LinkState.CONNECTING))
        .withMessage("worker link: SERVING -> CONNECTING");
    for (LinkState next : LinkState.values()) {
      assertThatIllegalStateException().isThrownBy(() -> LinkState.CLOSED.to(next));
    }
  }

  @Test
  void waitsLongerAndLongerUpToItsBound() {
    Backoff backoff = new Backoff(Duration.ofNanos(100), Duration.ofNanos(450), new Random(3));
    for (int ceiling : new int[] {100, 200, 400, 450, 450}) {
      assertThat(backoff.nextNanos()).isBetween(ceiling / 2L, (long) ceiling);
    }
    backoff.reset();
    assertThat(backoff.nextNanos()).isBetween(50L, 100L);
  }

  @Test
  void waitsDifferForDifferentWorkers() {
    Backoff one = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(1));
    Backoff other = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(2));
    assertThat(one.nextNanos()).isNotEqualTo(other.nextNanos());
  }

  @Test
  void refusesBoundsTheWrongWayRound() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), new Random()))
        .withMessage("backoff must grow: PT2S to PT1S");
  }
}
