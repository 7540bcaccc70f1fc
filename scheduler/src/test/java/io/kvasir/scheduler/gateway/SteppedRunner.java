package io.kvasir.scheduler.gateway;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A runner that counts its steps and takes each only when allowed to. */
final class SteppedRunner implements ModelRunner {
  private final ModelRunner runner;
  private final Semaphore allowed = new Semaphore(0);
  private final AtomicInteger started = new AtomicInteger();

  SteppedRunner(ModelRunner runner) {
    this.runner = runner;
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
    runner.execute(sequences, logits);
  }

  @Override
  public String modelName() {
    return runner.modelName();
  }

  @Override
  public String modelFingerprint() {
    return runner.modelFingerprint();
  }

  @Override
  public int vocabularySize() {
    return runner.vocabularySize();
  }

  @Override
  public int contextLength() {
    return runner.contextLength();
  }

  @Override
  public int maxBatchTokens() {
    return runner.maxBatchTokens();
  }

  @Override
  public BlockGeometry geometry() {
    return runner.geometry();
  }

  @Override
  public int blockCount() {
    return runner.blockCount();
  }

  @Override
  public void close() {
    runner.close();
  }
}
