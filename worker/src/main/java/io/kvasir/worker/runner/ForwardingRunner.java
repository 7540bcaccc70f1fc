package io.kvasir.worker.runner;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.util.List;

/** A runner that hands everything on to another one, for those that change a part of it. */
public abstract class ForwardingRunner implements ModelRunner {
  private final ModelRunner runner;

  /** Forwards to a runner, which is closed with this one. */
  protected ForwardingRunner(ModelRunner runner) {
    this.runner = runner;
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
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
