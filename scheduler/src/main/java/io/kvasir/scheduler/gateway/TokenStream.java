package io.kvasir.scheduler.gateway;

import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.scheduler.request.StreamEvent;
import io.kvasir.scheduler.request.TokenEvent;
import io.kvasir.worker.step.TokenScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.SpscGrowableArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One request's bounded outbound buffer, between the scheduler loop and the client's connection.
 *
 * <p>The scheduler loop only enqueues. A serial executor writes to the sink while it is ready and
 * joins the tokens that wait into one message, so a slow client gets fewer, larger messages. A
 * client that stops reading costs no KV: its request runs on into this buffer; a full buffer aborts
 * the request, whose stream then ends with RESOURCE_EXHAUSTED. A stream whose request is over but
 * which the client does not read to its end is abandoned after a while.
 */
public final class TokenStream implements RequestListener {
  /** Most tokens joined into one message. */
  static final int MAX_TOKENS_PER_MESSAGE = 512;

  /**
   * Bounds of one stream.
   *
   * @param bufferTokens most tokens that wait for the client
   * @param undrainedTimeout how long a client may take to read the rest after its request ended
   */
  public record Limits(int bufferTokens, Duration undrainedTimeout) {
    public Limits {
      if (bufferTokens < 1 || bufferTokens > 1 << 20) {
        throw new IllegalArgumentException(
            "bufferTokens is " + bufferTokens + "; it must be from 1 to " + (1 << 20));
      }
      if (undrainedTimeout.isNegative() || undrainedTimeout.isZero()) {
        throw new IllegalArgumentException("undrainedTimeout must be positive");
      }
    }
  }

  private final TokenSink sink;
  private final ScheduledExecutorService executor;
  private final Limits limits;
  private final Runnable abort;
  private final SpscGrowableArrayQueue<StreamEvent> buffer;

  /** Wake-ups not yet handled; starts at 1 so that nothing is written before {@link #open}. */
  private final AtomicInteger wakeUps = new AtomicInteger(1);

  private volatile @Nullable FinishedEvent finished;
  private volatile boolean gone;

  // Scheduler loop only.
  private boolean overflowed;

  // Executor only.
  private boolean completed;
  private @Nullable Future<?> undrainedTimer;

  /**
   * A stream that writes nothing until {@link #open}.
   *
   * @param executor runs one task at a time, in order
   * @param abort ends the request in the scheduler; idempotent, any thread
   */
  public TokenStream(
      TokenSink sink, ScheduledExecutorService executor, Limits limits, Runnable abort) {
    this.sink = sink;
    this.executor = executor;
    this.limits = limits;
    this.abort = abort;
    // Capacities are powers of two, at least 16; the exact bound is enforced in onToken.
    this.buffer = new SpscGrowableArrayQueue<>(16, Math.max(32, 2 * limits.bufferTokens));
  }

  @Override
  public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
    if (gone || overflowed) {
      return;
    }
    boolean full = buffer.size() >= limits.bufferTokens;
    if (full || !buffer.offer(new TokenEvent(index, tokenId, text, candidates))) {
      overflowed = true;
      abort.run();
      return;
    }
    wake();
  }

  @Override
  public int unreadTokens() {
    return gone ? 0 : buffer.size();
  }

  @Override
  public void onPreempted(PreemptedEvent preempted) {
    notice(preempted);
  }

  @Override
  public void onResumed(ResumedEvent resumed) {
    notice(resumed);
  }

  /** A client that does not even read its tokens need not hear why there are no more. */
  private void notice(StreamEvent event) {
    if (!gone && !overflowed && buffer.size() < limits.bufferTokens && buffer.offer(event)) {
      wake();
    }
  }

  @Override
  public void onFinished(FinishedEvent event) {
    finished = overflowed ? tooSlow(event) : event;
    wake();
  }

  /** The request was accepted and the client told so: start writing. Any thread, once. */
  public void open() {
    if (gone) {
      // Cancelled while it was being submitted: nobody has told the scheduler yet.
      abort.run();
    }
    execute();
  }

  /** The transport may take more. Any thread. */
  public void onReady() {
    wake();
  }

  /** The client cancelled or its connection is gone. Any thread. */
  public void onCancelled() {
    gone = true;
    if (finished == null) {
      abort.run();
    }
    wake();
  }

  /** The transport has delivered everything. Any thread. */
  public void onClosed() {
    gone = true;
    wake();
  }

  private void wake() {
    if (wakeUps.getAndIncrement() == 0) {
      execute();
    }
  }

  private void execute() {
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException serverIsGone) {
      gone = true;
    }
  }

  private void run() {
    int handled = wakeUps.get();
    do {
      drain();
      handled = wakeUps.addAndGet(-handled);
    } while (handled != 0);
  }

  private void drain() {
    if (gone) {
      buffer.clear();
      if (undrainedTimer != null) {
        undrainedTimer.cancel(false);
      }
      return;
    }
    if (completed) {
      return;
    }
    // Read before the buffer: every token was enqueued before the end became visible.
    FinishedEvent end = finished;
    while (!buffer.isEmpty() && sink.isReady()) {
      send();
    }
    if (end == null) {
      return;
    }
    if (undrainedTimer == null) {
      undrainedTimer =
          executor.schedule(this::abandon, limits.undrainedTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    if (buffer.isEmpty()) {
      completed = true;
      sink.finished(end);
    }
  }

  private void send() {
    switch (buffer.poll()) {
      case TokenEvent first -> sink.tokens(tokensFrom(first));
      case PreemptedEvent preempted -> sink.preempted(preempted);
      case ResumedEvent resumed -> sink.resumed(resumed);
      case null -> throw new IllegalStateException("another thread took an event from this stream");
    }
  }

  private List<TokenEvent> tokensFrom(TokenEvent first) {
    if (buffer.isEmpty()) {
      return List.of(first);
    }
    List<TokenEvent> tokens = new ArrayList<>(Math.min(buffer.size() + 1, MAX_TOKENS_PER_MESSAGE));
    tokens.add(first);
    while (tokens.size() < MAX_TOKENS_PER_MESSAGE && buffer.peek() instanceof TokenEvent next) {
      tokens.add(next);
      buffer.poll();
    }
    return tokens;
  }

  private void abandon() {
    if (!gone) {
      gone = true;
      buffer.clear();
      sink.abandon(
          "the client did not read the rest of its stream within "
              + limits.undrainedTimeout.toMillis()
              + " ms after the request ended");
    }
  }

  private FinishedEvent tooSlow(FinishedEvent event) {
    String message =
        "the client reads too slowly: "
            + limits.bufferTokens
            + " tokens wait, the limit is reached";
    return new FinishedEvent(
        FinishReason.ERROR,
        // Tokens are missing before the held-back text, so it would only mislead.
        "",
        event.promptTokens(),
        event.cachedTokens(),
        event.completionTokens(),
        event.timing(),
        new RequestError(RequestError.Code.RESOURCE_EXHAUSTED, message, 0),
        event.session());
  }
}
