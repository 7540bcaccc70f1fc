package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.TinyModels.Model;
import io.kvasir.worker.sample.Sampler;
import io.kvasir.worker.sample.SamplingParams;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps and samples leave no garbage; scalar kernels, because interpreted vectors are objects. */
class StepGarbageTest {
  private static final int STEPS = 200;

  @Test
  void aStepAndASampleAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(1);
    Model model = TinyModels.random(random, GgmlType.F32);
    int vocabulary = model.config().vocabularySize();
    int[] tokens = random.ints(64, 0, vocabulary).toArray();
    SamplingParams params = new SamplingParams(0.8f, 10, 0.9f, 0.05f, 1.1f, 7);
    Sampler sampler = new Sampler(vocabulary);
    float[][] logits = new float[2][vocabulary];
    List<BatchSequence> batch =
        List.of(
            new BatchSequence(tokens, 0, 30, new int[] {0, 1}, true),
            new BatchSequence(tokens, 0, 5, new int[] {2}, true));
    try (CpuModelRunner runner = model.runner(new CpuRunnerConfig(4, 16, 64, 2, true))) {
      long before = 0;
      for (int step = 0; step < 2 * STEPS; step++) {
        if (step == STEPS) {
          before = threads.getCurrentThreadAllocatedBytes();
        }
        runner.execute(batch, logits);
        sampler.sample(logits[0], tokens, 30, params);
        sampler.sample(logits[1], tokens, 5, SamplingParams.GREEDY);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(bytes / STEPS).as("bytes per step").isLessThan(100);
    }
  }
}
