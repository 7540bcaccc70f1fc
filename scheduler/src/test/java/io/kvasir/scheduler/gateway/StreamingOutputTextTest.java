package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.OutputText.Piece;
import io.kvasir.worker.model.tokenizer.IncrementalDetokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamingOutputTextTest {

  /** What a request's client got. */
  private record Output(String text, boolean stopped, int tokensTaken) {}

  @Test
  void withoutStopStringsTextPassesAtOnce() {
    StreamingOutputText output = output(List.of("Hel", "", "lo"), List.of());
    assertThat(output.append(0)).isEqualTo(new Piece("Hel", false));
    assertThat(output.append(1)).isEqualTo(new Piece("", false));
    assertThat(output.append(2)).isEqualTo(new Piece("lo", false));
    assertThat(output.finish()).isEmpty();
  }

  @Test
  void holdsBackWhatMayBecomeAStopString() {
    StreamingOutputText output = output(List.of("a EN", "DING ", "E", "N", "D."), List.of("END."));
    assertThat(output.append(0)).isEqualTo(new Piece("a ", false));
    assertThat(output.append(1)).isEqualTo(new Piece("ENDING ", false));
    assertThat(output.append(2)).isEqualTo(new Piece("", false));
    assertThat(output.append(3)).isEqualTo(new Piece("", false));
    assertThat(output.append(4)).isEqualTo(new Piece("", true));
  }

  @Test
  void sendsWhatWasHeldBackAtTheEnd() {
    StreamingOutputText output = output(List.of("so it EN"), List.of("END"));
    assertThat(output.append(0)).isEqualTo(new Piece("so it ", false));
    assertThat(output.finish()).isEqualTo("EN");
  }

  @Test
  void theMatchCompletedFirstWinsAndTheLongestOfThose() {
    assertThat(run(List.of("xabcd"), List.of("abcd", "bc")).text()).isEqualTo("xa");
    assertThat(run(List.of("xabcd"), List.of("bcd", "abcd")).text()).isEqualTo("x");
  }

  @Test
  void equalsASearchOverTheWholeTextHoweverItIsCut() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String text = randomText(random, random.nextInt(30));
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        stops.add(randomText(random, 1 + random.nextInt(5)));
      }
      List<String> pieces = cut(random, text);
      assertThat(run(pieces, stops))
          .describedAs("seed %d round %d: %s with stops %s", seed, round, pieces, stops)
          .isEqualTo(naive(pieces, stops));
    }
  }

  /** Sends the pieces and also checks that nothing is held back without need. */
  private static Output run(List<String> pieces, List<String> stops) {
    StreamingOutputText output = output(pieces, stops);
    StringBuilder seen = new StringBuilder();
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = output.append(i);
      seen.append(pieces.get(i));
      sent.append(piece.text());
      if (piece.stopped()) {
        return new Output(sent.toString(), true, i + 1);
      }
      assertThat(seen.length() - sent.length()).isEqualTo(longestBeginning(seen, stops));
    }
    return new Output(sent + output.finish(), false, pieces.size());
  }

  private static Output naive(List<String> pieces, List<String> stops) {
    String text = String.join("", pieces);
    for (int end = 1; end <= text.length(); end++) {
      for (int start = 0; start < end; start++) {
        if (stops.contains(text.substring(start, end))) {
          int taken = 0;
          for (int length = 0; length < end; taken++) {
            length += pieces.get(taken).length();
          }
          return new Output(text.substring(0, start), true, taken);
        }
      }
    }
    return new Output(text, false, pieces.size());
  }

  private static int longestBeginning(CharSequence text, List<String> stops) {
    for (int length = text.length(); length > 0; length--) {
      String end = text.subSequence(text.length() - length, text.length()).toString();
      if (stops.stream().anyMatch(stop -> stop.length() > end.length() && stop.startsWith(end))) {
        return length;
      }
    }
    return 0;
  }

  private static String randomText(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aab\u00e9".charAt(random.nextInt(4)));
    }
    return text.toString();
  }

  private static List<String> cut(Random random, String text) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + random.nextInt(5));
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  /** Token i stands for the i-th piece. */
  private static StreamingOutputText output(List<String> pieces, List<String> stops) {
    IncrementalDetokenizer detokenizer =
        new IncrementalDetokenizer() {
          @Override
          public String append(int tokenId) {
            return pieces.get(tokenId);
          }

          @Override
          public String finish() {
            return "";
          }
        };
    return new StreamingOutputText(detokenizer, StopPatterns.of(stops));
  }
}
