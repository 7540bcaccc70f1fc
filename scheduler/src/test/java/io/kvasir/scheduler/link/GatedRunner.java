package io.kvasir.scheduler.link;

import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ForwardingRunner;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A small hash oracle with a gate before every step; open unless {@link #shut}. */
final class GatedRunner extends ForwardingRunner {
  static final int VOCABULARY = 90;
  static final int MAX_REQUESTS = 4;

  private final Semaphore entered = new Semaphore(0);
  private final Semaphore permits = new Semaphore(0);
  private volatile boolean gated;

  /** Thrown by every step when set. */
  volatile @Nullable Error error;

  GatedRunner() {
    super(new HashModelRunner(new HashRunnerConfig(VOCABULARY, 64, 4, 64, 32)));
  }

  /** From now on a step waits for {@link #open}. */
  void shut() {
    gated = true;
  }

  /** Lets the step that waits and all later ones through. */
  void open() {
    gated = false;
    permits.release();
  }

  /** Waits until a step stands before the gate. */
  void awaitStep() throws InterruptedException {
    entered.acquire();
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    if (gated) {
      entered.release();
      permits.acquireUninterruptibly();
    }
    Error thrown = error;
    if (thrown != null) {
      throw thrown;
    }
    super.execute(sequences, logits);
  }
}
