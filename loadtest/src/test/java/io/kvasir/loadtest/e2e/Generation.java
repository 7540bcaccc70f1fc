package io.kvasir.loadtest.e2e;

import io.kvasir.v1.Accepted;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.HitTokens;
import io.kvasir.v1.TokenCandidates;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything one Generate call streamed, with the order of its events checked. */
record Generation(
    Accepted accepted,
    List<Integer> tokenIds,
    List<TokenCandidates> candidates,
    String text,
    Finished finished) {

  /** Reads a stream to its end. */
  static Generation read(Iterator<GenerateResponse> stream) {
    Accepted accepted = stream.next().getAccepted();
    List<Integer> ids = new ArrayList<>();
    List<TokenCandidates> candidates = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    @Nullable Finished finished = null;
    boolean parked = false;
    while (stream.hasNext()) {
      GenerateResponse event = stream.next();
      if (finished != null) {
        throw new AssertionError("an event after the terminal one: " + event);
      }
      switch (event.getEventCase()) {
        case TOKEN -> {
          if (event.getToken().getIndex() != ids.size()) {
            throw new AssertionError("a gap before " + event);
          }
          ids.addAll(event.getToken().getTokenIdsList());
          candidates.addAll(event.getToken().getCandidatesList());
          text.append(event.getToken().getText());
        }
        case FINISHED -> {
          finished = event.getFinished();
          text.append(finished.getText());
        }
        case PREEMPTED, RESUMED -> {
          if (event.hasPreempted() == parked) {
            throw new AssertionError("preempted and resumed must take turns: " + event);
          }
          parked = event.hasPreempted();
        }
        case ACCEPTED, EVENT_NOT_SET -> throw new AssertionError("unexpected " + event);
      }
    }
    if (finished == null) {
      throw new AssertionError("the stream ended without a terminal event");
    }
    checkHits(finished);
    return new Generation(accepted, ids, candidates, text.toString(), finished);
  }

  private static void checkHits(Finished finished) {
    Map<String, Integer> hits = hits(finished);
    int sum = hits.values().stream().mapToInt(Integer::intValue).sum();
    if (sum != finished.getUsage().getCachedTokens() || hits.containsValue(0)) {
      throw new AssertionError("hits by place are not the cached tokens: " + finished);
    }
  }

  /** Cached tokens by place. */
  Map<String, Integer> hits() {
    return hits(finished);
  }

  private static Map<String, Integer> hits(Finished finished) {
    return finished.getTiming().getHitsList().stream()
        .collect(Collectors.toMap(HitTokens::getPlace, HitTokens::getTokens));
  }
}
