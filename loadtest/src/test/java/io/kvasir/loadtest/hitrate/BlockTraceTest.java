package io.kvasir.loadtest.hitrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.WorkloadException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BlockTraceTest {

  @Test
  void equalTokensAreEqualBlocksHoweverTheyAreDescribed() {
    BlockTrace trace =
        Prompts.trace(
            4,
            List.of(
                Prompts.arrival(List.of(new Segment(0, 0, 9))),
                Prompts.arrival(List.of(new Segment(0, 0, 3), new Segment(0, 3, 5)))));
    assertThat(trace.blocks(0)).containsExactly(0, 1);
    assertThat(trace.blocks(1)).containsExactly(0, 1);
    assertThat(trace.tokens(0)).isEqualTo(9);
    assertThat(trace.repeatedBlocks()).isEqualTo(2);
    assertThat(trace.distinctBlocks()).isEqualTo(2);
  }

  @Test
  void blockDependsOnWhatIsBeforeIt() {
    BlockTrace trace = Prompts.trace(List.of("ab", "bb", "abb"));
    assertThat(trace.blocks(0)).containsExactly(0, 1);
    assertThat(trace.blocks(1)).containsExactly(2, 3);
    assertThat(trace.blocks(2)).containsExactly(0, 1, 4);
  }

  @Test
  void sessionsShareNothing() {
    Arrival arrival = Prompts.arrival(List.of(new Segment(0, 0, 4)));
    BlockTrace trace =
        Prompts.trace(
            4, List.of(arrival.inSession("a"), arrival.inSession("b"), arrival.inSession("a")));
    assertThat(trace.blocks(0)).containsExactly(0);
    assertThat(trace.blocks(1)).containsExactly(1);
    assertThat(trace.blocks(2)).containsExactly(0);
  }

  @Test
  void textIsRefused() {
    Arrival text = Arrival.plain(0, 0, "t", new Prompt.Text("Once"), 1);
    assertThatThrownBy(() -> Prompts.trace(4, List.of(text)))
        .isInstanceOf(WorkloadException.class)
        .hasMessage("a prompt of text has no block ids");
  }
}
