package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.PreemptedEvent.KvFate;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestTiming;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.scheduler.request.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
  private static final TokenStream.Limits LIMITS =
      new TokenStream.Limits(8, Duration.ofSeconds(30));

  private final ManualExecutor executor = new ManualExecutor();
  private final RecordingSink sink = new RecordingSink();
  private final AtomicInteger aborts = new AtomicInteger();
  private final TokenStream stream =
      new TokenStream(sink, executor, LIMITS, aborts::incrementAndGet);

  /** Writes down what it is told. */
  private static final class RecordingSink implements TokenSink {
    private final List<String> events = new ArrayList<>();
    private boolean ready = true;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void tokens(List<TokenEvent> tokens) {
      events.add(tokens.stream().map(TokenEvent::index).toList().toString());
    }

    @Override
    public void preempted(PreemptedEvent preempted) {
      events.add("preempted " + preempted.keptTokens());
    }

    @Override
    public void resumed(ResumedEvent resumed) {
      events.add("resumed " + resumed.loadedTokens());
    }

    @Override
    public void finished(FinishedEvent finished) {
      RequestError error = finished.error();
      events.add(finished.reason() + (error == null ? "" : " " + error.code()));
    }

    @Override
    public void abandon(String reason) {
      events.add("abandoned");
    }
  }

  @Test
  void writesNothingBeforeItIsOpened() {
    token(stream, 0);
    assertThat(executor.runAll()).isZero();
    stream.open();
    executor.runAll();
    assertThat(sink.events).containsExactly("[0]");
  }

  @Test
  void aFastClientGetsEachTokenAtOnce() {
    stream.open();
    executor.runAll();
    for (int i = 0; i < 3; i++) {
      token(stream, i);
      executor.runAll();
    }
    stream.onFinished(end());
    executor.runAll();
    assertThat(sink.events).containsExactly("[0]", "[1]", "[2]", "STOP");
  }

  @Test
  void whatWaitsForASlowClientIsJoined() {
    stream.open();
    sink.ready = false;
    for (int i = 0; i < 5; i++) {
      token(stream, i);
    }
    executor.runAll();
    assertThat(sink.events).isEmpty();
    sink.ready = true;
    stream.onReady();
    executor.runAll();
    assertThat(sink.events).containsExactly("[0, 1, 2, 3, 4]");
  }

  @Test
  void tokensAreNotJoinedAcrossAPreemption() {
    stream.open();
    sink.ready = false;
    token(stream, 0);
    token(stream, 1);
    stream.onPreempted(new PreemptedEvent(KvFate.SWAPPED, List.of("dram"), 16));
    token(stream, 2);
    stream.onResumed(new ResumedEvent(5, 16, 1));
    token(stream, 3);
    token(stream, 4);
    sink.ready = true;
    stream.onReady();
    executor.runAll();
    assertThat(sink.events)
        .containsExactly("[0, 1]", "preempted 16", "[2]", "resumed 16", "[3, 4]");
  }

  @Test
  void noticesNeverAbortARequest() {
    stream.open();
    sink.ready = false;
    for (int i = 0; i < 100; i++) {
      stream.onPreempted(new PreemptedEvent(KvFate.DROPPED, List.of(), 0));
      stream.onResumed(new ResumedEvent(0, 0, 1));
    }
    assertThat(aborts).hasValue(0);
  }

  @Test
  void theLoopWakesTheExecutorOncePerDrain() {
    stream.open();
    executor.runAll();
    for (int i = 0; i < 5; i++) {
      token(stream, i);
    }
    assertThat(executor.runAll()).isEqualTo(1);
    assertThat(sink.events).containsExactly("[0, 1, 2, 3, 4]");
  }

  @Test
  void aFullBufferAbortsTheRequestAndEndsTheStreamWithTheReason() {
    stream.open();
    sink.ready = false;
    for (int i = 0; i < 20; i++) {
      token(stream, i);
    }
    assertThat(aborts).hasValue(1);
    stream.onFinished(end());
    executor.runAll();
    assertThat(sink.events).isEmpty();
    sink.ready = true;
    stream.onReady();
    executor.runAll();
    assertThat(sink.events).containsExactly("[0, 1, 2, 3, 4, 5, 6, 7]", "ERROR RESOURCE_EXHAUSTED");
  }

  @Test
  void aStreamThatIsNotReadToItsEndIsAbandoned() {
    stream.open();
    sink.ready = false;
    token(stream, 0);
    stream.onFinished(end());
    executor.runAll();
    assertThat(executor.armedTimers()).isEqualTo(1);
    executor.fireTimers();
    assertThat(sink.events).containsExactly("abandoned");
    sink.ready = true;
    stream.onReady();
    executor.runAll();
    assertThat(sink.events).containsExactly("abandoned");
    assertThat(aborts).hasValue(0);
  }

  @Test
  void deliveringEverythingDisarmsTheTimer() {
    stream.open();
    stream.onFinished(end());
    executor.runAll();
    assertThat(sink.events).containsExactly("STOP");
    assertThat(executor.armedTimers()).isEqualTo(1);
    stream.onClosed();
    executor.runAll();
    assertThat(executor.armedTimers()).isZero();
    assertThat(aborts).hasValue(0);
  }

  @Test
  void cancellingAbortsAtOnceAndWritesNothingMore() {
    stream.open();
    executor.runAll();
    token(stream, 0);
    stream.onCancelled();
    assertThat(aborts).hasValue(1);
    token(stream, 1);
    stream.onFinished(end());
    executor.runAll();
    assertThat(sink.events).isEmpty();
  }

  @Test
  void cancellingWhileTheRequestIsSubmittedAbortsItWhenItIsOpened() {
    stream.onCancelled();
    int before = aborts.get();
    stream.open();
    assertThat(aborts).hasValue(before + 1);
  }

  private static void token(TokenStream stream, int index) {
    stream.onToken(index, 100 + index, "t", List.of());
  }

  private static FinishedEvent end() {
    return new FinishedEvent(
        FinishReason.STOP,
        "",
        1,
        0,
        1,
        new RequestTiming(0, 0, 0, 0, 0, 0, 0, 0, List.of()),
        null,
        null);
  }
}
