package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A request of a test and everything its listener heard. Its text is every token as {@code <id>},
 * and its stop string is one such token.
 */
final class RecordedRequest implements RequestListener, OutputText {
  /** No token ends the text. */
  static final int NO_STOP_STRING = -1;

  private final RequestSpec spec;
  private final int stopStringToken;
  private final List<Integer> tokens = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final CountDownLatch firstToken = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable FinishedEvent finished;
  private @Nullable String misuse;
  private boolean parked;

  /** Tokens that its client has not taken, as the scheduler is told. */
  int unread;

  private int parkings;
  private int keptTokens;

  RecordedRequest(RequestSpec spec, int stopStringToken) {
    this.spec = spec;
    this.stopStringToken = stopStringToken;
  }

  RecordedRequest(RequestSpec spec) {
    this(spec, NO_STOP_STRING);
  }

  RequestSpec spec() {
    return spec;
  }

  int stopStringToken() {
    return stopStringToken;
  }

  @Override
  public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
    if (finished != null) {
      misuse = "a token after the end";
    }
    if (index != tokens.size()) {
      misuse = "token " + index + " comes as number " + tokens.size();
    }
    tokens.add(tokenId);
    this.text.append(text);
    firstToken.countDown();
  }

  @Override
  public int unreadTokens() {
    return unread;
  }

  @Override
  public void onPreempted(PreemptedEvent preempted) {
    if (parked || finished != null) {
      misuse = "preempted while it does not run";
    }
    parked = true;
    parkings++;
    keptTokens += preempted.keptTokens();
  }

  @Override
  public void onResumed(ResumedEvent resumed) {
    if (!parked || finished != null) {
      misuse = "resumed while it runs";
    }
    parked = false;
  }

  /** How often it was told that it lost its blocks. */
  int parkings() {
    return parkings;
  }

  /** Tokens whose KV was kept when it was preempted, summed. */
  int keptTokens() {
    return keptTokens;
  }

  @Override
  public void onFinished(FinishedEvent event) {
    if (finished != null) {
      misuse = "ended twice";
    }
    finished = event;
    text.append(event.text());
    ended.countDown();
  }

  @Override
  public Piece append(int tokenId) {
    boolean stopped = tokenId == stopStringToken;
    return new Piece(stopped ? "" : "<" + tokenId + ">", stopped);
  }

  @Override
  public String finish() {
    return "|";
  }

  /** What the listener heard that it must never hear; null if nothing. */
  @Nullable String misuse() {
    return misuse;
  }

  @Nullable FinishedEvent finished() {
    return finished;
  }

  /** The end; there must have been one. */
  FinishedEvent end() {
    FinishedEvent event = finished;
    if (event == null) {
      throw new AssertionError("has not ended: " + spec.requestId());
    }
    return event;
  }

  int[] tokens() {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Of the tokens and the end; an end by a stop string has no bar. */
  String text() {
    return text.toString();
  }

  void awaitFirstToken() throws InterruptedException {
    firstToken.await();
  }

  FinishedEvent awaitEnd() throws InterruptedException {
    ended.await();
    return end();
  }
}
