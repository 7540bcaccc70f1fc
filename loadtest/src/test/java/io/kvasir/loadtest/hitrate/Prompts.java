package io.kvasir.loadtest.hitrate;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import java.util.ArrayList;
import java.util.List;

/** Traces of short prompts: one letter is one token and one block. */
final class Prompts {
  private Prompts() {}

  static BlockTrace trace(List<String> prompts) {
    List<Arrival> arrivals = new ArrayList<>();
    for (String prompt : prompts) {
      List<Segment> segments =
          prompt.chars().mapToObj(letter -> new Segment(letter, 0, 1)).toList();
      arrivals.add(arrival(segments));
    }
    return trace(1, arrivals);
  }

  static BlockTrace trace(int blockTokens, List<Arrival> arrivals) {
    return BlockTrace.read(ArrivalStream.of(arrivals.iterator()), blockTokens);
  }

  static Arrival arrival(List<Segment> segments) {
    return Arrival.plain(0, 0, "t", new Prompt.Synthetic(segments), 1);
  }
}
