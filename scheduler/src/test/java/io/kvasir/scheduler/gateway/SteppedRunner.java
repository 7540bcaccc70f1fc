package io.kvasir.scheduler.gateway;

import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ForwardingRunner;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A runner that counts its steps and takes each only when allowed to. */
final class SteppedRunner extends ForwardingRunner {
  private final Semaphore allowed = new Semaphore(0);
  private final AtomicInteger started = new AtomicInteger();

  SteppedRunner(ModelRunner runner) {
    super(runner);
  }

  void allow(int steps) {
    allowed.release(steps);
  }

  /** Steps that were begun. */
  int started() {
    return started.get();
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    started.incrementAndGet();
    allowed.acquireUninterruptibly();
    super.execute(sequences, logits);
  }
}
