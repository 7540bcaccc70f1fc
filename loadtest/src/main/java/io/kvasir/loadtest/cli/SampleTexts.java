package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.live.Completion;
import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.workload.Prompt;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the longest answer to a text of each tenant, to show it. Thread-safe. */
final class SampleTexts implements Completion.Listener {
  private static final int MOST_PROMPT_CHARS = 160;

  private final Map<String, Completion> samples = new LinkedHashMap<>();

  @Override
  public synchronized void completed(Completion completion) {
    if (completion.end().kind() == RequestEnd.Kind.OK
        && completion.arrival().prompt() instanceof Prompt.Text) {
      samples.merge(
          completion.arrival().tenant(),
          completion,
          (kept, other) -> other.text().length() > kept.text().length() ? other : kept);
    }
  }

  /**
   * What the model wrote for a tenant, behind the end of its prompt.
   *
   * @return empty if it wrote nothing
   */
  synchronized String of(String tenant) {
    Completion sample = samples.get(tenant);
    if (sample == null || !(sample.arrival().prompt() instanceof Prompt.Text prompt)) {
      return "";
    }
    String text = prompt.text();
    int cut = text.length() - MOST_PROMPT_CHARS;
    String shown = cut > 0 ? "…" + text.substring(text.indexOf(' ', cut)) : text;
    return shown + " ▸" + sample.text().stripTrailing();
  }
}
