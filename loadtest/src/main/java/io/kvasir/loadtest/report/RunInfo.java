package io.kvasir.loadtest.report;

import java.util.List;
import java.util.Map;

/**
 * What was run, and under which assumptions its figures hold.
 *
 * @param workload name of the workload
 * @param description one sentence about it
 * @param seed of all its randomness
 * @param target where it was sent, HOST:PORT
 * @param model what the target says about its model, by name
 * @param timeScale factor on all times of the workload
 * @param lengthScale factor on all lengths of the workload
 * @param clipped requests cut to fit the model's context
 * @param warmup what was sent before and is not counted
 * @param maxOutstanding most requests in flight before the driver drops some
 * @param versions of Kvasir and Java
 * @param cores processors of the driver's machine
 * @param startedAt wall-clock time of the start, ISO 8601
 * @param notes what else a reader should know, such as an early end
 */
public record RunInfo(
    String workload,
    String description,
    long seed,
    String target,
    Map<String, String> model,
    double timeScale,
    double lengthScale,
    long clipped,
    Warmup warmup,
    int maxOutstanding,
    String versions,
    int cores,
    String startedAt,
    List<String> notes) {
  /** Keeps the notes unmodifiable. */
  public RunInfo {
    notes = List.copyOf(notes);
  }
}
