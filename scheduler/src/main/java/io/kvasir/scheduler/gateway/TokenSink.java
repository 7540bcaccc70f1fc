package io.kvasir.scheduler.gateway;

import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.scheduler.request.TokenEvent;
import java.util.List;

/**
 * Where a {@link TokenStream} writes to: one client's connection. Called on the stream's executor
 * only, except {@link #isReady}, which is called there too but may change at any time.
 */
public interface TokenSink {

  /** Whether the transport takes more without buffering much. */
  boolean isReady();

  /** Sends consecutive tokens as one message. */
  void tokens(List<TokenEvent> tokens);

  /** Tells that the request waits to be resumed. */
  void preempted(PreemptedEvent preempted);

  /** Tells that the request goes on. */
  void resumed(ResumedEvent resumed);

  /** Sends the terminal event and ends the stream with success. */
  void finished(FinishedEvent finished);

  /** Gives up on a client that does not read: frees what the transport holds for it. */
  void abandon(String reason);
}
