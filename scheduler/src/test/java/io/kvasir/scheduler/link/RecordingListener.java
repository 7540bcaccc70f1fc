package io.kvasir.scheduler.link;

import io.kvasir.worker.step.StepResult;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Writes down what it hears, in order per kind. */
final class RecordingListener implements WorkerLink.Listener {
  final BlockingQueue<WorkerLink> connected = new LinkedBlockingQueue<>();
  final BlockingQueue<StepResult> results = new LinkedBlockingQueue<>();
  final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

  /** What the next worker is told. */
  volatile String refusal = "";

  @Override
  public String onConnected(WorkerLink link) {
    String answer = refusal;
    if (answer.isEmpty()) {
      connected.add(link);
    }
    return answer;
  }

  @Override
  public void onResult(WorkerLink link, StepResult result) {
    results.add(result);
  }

  @Override
  public void onLost(WorkerLink link, String reason) {
    lost.add(reason);
  }
}
