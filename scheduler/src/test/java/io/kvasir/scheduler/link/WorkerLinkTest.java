package io.kvasir.scheduler.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link in the process and one over a socket give the same. */
@Timeout(60)
final class WorkerLinkTest {
  private static final int STEPS = 30;

  private final RecordingListener heard = new RecordingListener();

  @Test
  void sameTokensInTheProcessAndOverASocket() throws Exception {
    List<StepResult> near = inProcess();
    List<StepResult> far = overASocket();
    assertThat(far).usingRecursiveComparison().ignoringFields("stepNanos").isEqualTo(near);
  }

  private List<StepResult> inProcess() throws InterruptedException {
    try (GatedRunner runner = new GatedRunner();
        InProcessLink link =
            InProcessLink.connect(new StepEngine(runner, GatedRunner.MAX_REQUESTS), "w0", heard)) {
      assertThat(heard.connected.take()).isSameAs(link);
      return LinkScript.generate(link, heard, STEPS);
    }
  }

  private List<StepResult> overASocket() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard);
        RunningWorker worker = RunningWorker.start(port.port(), "w1")) {
      WorkerLink link = heard.connected.take();
      assertThat(link.info())
          .isEqualTo(new StepEngine(worker.runner, GatedRunner.MAX_REQUESTS).info("w1"));
      return LinkScript.generate(link, heard, STEPS);
    }
  }

  @Test
  void inProcessLinkIsLostOnceAfterItsLastResult() throws Exception {
    try (GatedRunner runner = new GatedRunner()) {
      runner.shut();
      InProcessLink link =
          InProcessLink.connect(new StepEngine(runner, GatedRunner.MAX_REQUESTS), "w0", heard);
      link.submit(LinkScript.start(1, 0));
      runner.awaitStep();
      link.submit(LinkScript.start(2, 1));
      link.close("enough");
      link.close("again");
      runner.open();
      link.close();
      assertThat(heard.results).extracting(StepResult::stepId).containsExactly(1L);
      assertThat(heard.lost).containsExactly("enough");
      link.submit(LinkScript.start(3, 2));
    }
  }

  @Test
  void inProcessLinkSaysWhyItIsRefused() {
    heard.refusal = "no room";
    try (GatedRunner runner = new GatedRunner()) {
      StepEngine engine = new StepEngine(runner, GatedRunner.MAX_REQUESTS);
      assertThatIllegalStateException()
          .isThrownBy(() -> InProcessLink.connect(engine, "w0", heard))
          .withMessage("worker w0 is refused: no room");
      assertThat(heard.lost).isEmpty();
    }
  }
}
