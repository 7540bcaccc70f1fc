package io.kvasir.loadtest.sim.report;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.loadtest.sim.engine.SimObserver;
import io.kvasir.loadtest.sim.engine.SimRequest;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.StepPlan;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A trace that chrome://tracing and ui.perfetto.dev open (Trace Event Format, JSON object form): a
 * process per system, with a track of steps, one per link, preemptions as marks, counters of queues
 * and memory, and tracks of the requests of each tenant: when they wait and run, and where they
 * were preempted and resumed. Written as it happens; it ends after a number of events, and says so.
 * Confined to one thread.
 */
public final class TraceFile implements AutoCloseable {
  private final Writer out;
  private final long maxEvents;
  private long events;
  private int systems;

  /**
   * Begins a file.
   *
   * @param maxEvents later events are left out
   */
  public TraceFile(Path file, long maxEvents) throws IOException {
    this.out = new BufferedWriter(Files.newBufferedWriter(file), 1 << 16);
    this.maxEvents = maxEvents;
    out.write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
  }

  /** Whether events were left out. */
  public boolean cut() {
    return events > maxEvents;
  }

  /** A process of its own in the trace. */
  public SimObserver system(String label) {
    return new SystemTrace(++systems, label);
  }

  private void write(String event) {
    if (++events > maxEvents) {
      return;
    }
    try {
      out.write(events == 1 ? "\n" : ",\n");
      out.write(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    out.write("\n],\"otherData\":{\"events_left_out\":" + Math.max(0, events - maxEvents) + "}}\n");
    out.close();
  }

  private final class SystemTrace implements SimObserver {
    private static final int STEPS = 1;
    private static final int MARKS = 2;

    private final int process;
    private final Map<String, Integer> links = new HashMap<>();

    /** Requests that lost their blocks and have not come back. */
    private final Set<SimRequest> preempted = new HashSet<>();

    SystemTrace(int process, String label) {
      this.process = process;
      name("process_name", 0, label);
      name("thread_name", STEPS, "steps");
      name("thread_name", MARKS, "preemptions");
    }

    private void name(String what, int thread, String name) {
      write(
          "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"args\":{\"name\":\"%s\"}}"
              .formatted(process, thread, what, quoted(name)));
    }

    private static String quoted(String text) {
      return String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private static String micros(long nanos) {
      return String.format(Locale.ROOT, "%d.%03d", nanos / 1000, nanos % 1000);
    }

    private void slice(int thread, String name, long from, long to, String args) {
      write(
          "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"ts\":%s,\"dur\":%s,\"args\":{%s}}"
              .formatted(process, thread, name, micros(from), micros(to - from), args));
    }

    @Override
    public void stepped(StepPlan plan, long beganNanos, long now) {
      slice(
          STEPS,
          "step",
          beganNanos,
          now,
          "\"step\":%d,\"requests\":%d,\"tokens\":%d,\"copies\":%d"
              .formatted(
                  plan.stepId(), plan.scheduled().size(), plan.tokenCount(), plan.copies().size()));
    }

    @Override
    public void carried(String link, CopyJob job, int blocks, long beganNanos, long now) {
      Integer thread = links.get(link);
      if (thread == null) {
        thread = MARKS + 1 + links.size();
        links.put(link, thread);
        name("thread_name", thread, link);
      }
      slice(
          thread,
          job.kind().name().toLowerCase(Locale.ROOT),
          beganNanos,
          now,
          "\"job\":%d,\"blocks\":%d,\"urgency\":\"%s\""
              .formatted(job.jobId(), blocks, job.urgency().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public void submitted(SimRequest request, long now) {
      RequestSpec spec = request.spec();
      async(
          'b',
          request,
          quoted("tenant " + spec.tenantId()),
          now,
          "\"request\":\"%s\",\"prompt_tokens\":%d"
              .formatted(quoted(spec.requestId()), spec.promptTokenIds().length));
      async('b', request, "waiting", now, "");
    }

    @Override
    public void admitted(SimRequest request, long now) {
      async('e', request, "waiting", now, "");
      if (preempted.remove(request)) {
        async('n', request, "RESUMED", now, "");
      }
      async('b', request, "running", now, "");
    }

    @Override
    public void ended(SimRequest request, FinishedEvent end, long now) {
      preempted.remove(request);
      async('e', request, request.waiting() ? "waiting" : "running", now, "");
      async(
          'e',
          request,
          quoted("tenant " + request.spec().tenantId()),
          now,
          "\"output_tokens\":%d,\"reason\":\"%s\"".formatted(request.tokens(), end.reason()));
    }

    /* Events of one id nest: the request, and in it its phases. */
    private void async(char phase, SimRequest request, String name, long now, String args) {
      write(
          ("{\"ph\":\"%c\",\"cat\":\"request\",\"pid\":%d,\"tid\":%d,\"id\":\"%d.%s\","
                  + "\"name\":\"%s\",\"ts\":%s,\"args\":{%s}}")
              .formatted(
                  phase,
                  process,
                  MARKS,
                  process,
                  quoted(request.spec().requestId()),
                  name,
                  micros(now),
                  args));
    }

    @Override
    public void preempted(SimRequest request, SwapDecision decision, long now) {
      preempted.add(request);
      String label = decision.name().toLowerCase(Locale.ROOT);
      async('e', request, "running", now, "");
      async('n', request, "PREEMPTED", now, "\"kv\":\"%s\"".formatted(label));
      async('b', request, "waiting", now, "");
      write(
          ("{\"ph\":\"i\",\"s\":\"p\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"ts\":%s,"
                  + "\"args\":{\"request\":\"%s\",\"tenant\":\"%s\"}}")
              .formatted(
                  process,
                  MARKS,
                  label,
                  micros(now),
                  quoted(request.spec().requestId()),
                  quoted(request.spec().tenantId())));
    }

    @Override
    public void sampled(SchedulerStatus status, long now) {
      counter(
          "requests",
          now,
          "\"running\":%d,\"waiting\":%d"
              .formatted(status.runningRequests(), status.waitingRequests()));
      counter(
          "blocks",
          now,
          "\"owned\":%d,\"cached\":%d,\"in flight\":%d"
              .formatted(
                  status.blocks().owned(), status.blocks().cached(), status.blocks().inFlight()));
    }

    private void counter(String name, long now, String args) {
      write(
          "{\"ph\":\"C\",\"pid\":%d,\"name\":\"%s\",\"ts\":%s,\"args\":{%s}}"
              .formatted(process, name, micros(now), args));
    }
  }
}
