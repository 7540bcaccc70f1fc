package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.loadtest.live.Completion;
import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import org.junit.jupiter.api.Test;

final class SampleTextsTest {
  private final SampleTexts samples = new SampleTexts();

  @Test
  void longestAnswerIsShownBehindTheEndOfItsPrompt() {
    samples.completed(completion("Once", " upon a time", RequestEnd.Kind.OK));
    samples.completed(completion("word ".repeat(60) + "end", " and so on ", RequestEnd.Kind.OK));
    samples.completed(completion("Lost", " a very long answer indeed", RequestEnd.Kind.ERROR));
    assertThat(samples.of("a")).isEqualTo("Once ▸ upon a time");
    samples.completed(
        completion("word ".repeat(60) + "end", " and so it went on", RequestEnd.Kind.OK));
    assertThat(samples.of("a"))
        .startsWith("… word word")
        .endsWith("word end ▸ and so it went on")
        .hasSizeLessThan(200);
    assertThat(samples.of("b")).isEmpty();
  }

  @Test
  void linesBreakBetweenWordsAndSwallowLineBreaks() {
    assertThat(Wrapped.text("one two\n\nthree  fourteen-and-more", 11))
        .isEqualTo("  one two\n  three\n  fourteen-and-more\n");
    assertThat(Wrapped.text("", 10)).isEqualTo("  \n");
  }

  private static Completion completion(String prompt, String text, RequestEnd.Kind kind) {
    return new Completion(
        Arrival.plain(0, 0, "a", new Prompt.Text(prompt), 5),
        new int[] {1},
        new int[] {2},
        text,
        RequestEnd.without(kind, ""));
  }
}
