package io.kvasir.loadtest.jmh;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.WaitingQueue;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.worker.step.TokenScore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one operation on the queue of a policy cost while 100,000 requests wait? One pair takes
 * the head, charges its tenant for a prompt and a token, and puts the request back: two operations.
 * The baseline is another project's figure: a fair queue in Python takes 80 to 150 µs per add or
 * pop (vLLM, pull request 31909).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FairQueueBenchmark {
  private static final int WAITING = 100_000;
  private static final int PROMPT_TOKENS = 100;

  private static final OutputText NO_TEXT =
      new OutputText() {
        private final Piece empty = new Piece("", false);

        @Override
        public Piece append(int tokenId) {
          return empty;
        }

        @Override
        public String finish() {
          return "";
        }
      };

  private static final RequestListener NOBODY =
      new RequestListener() {
        @Override
        public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {}

        @Override
        public void onFinished(FinishedEvent finished) {}
      };

  /** The policy. */
  @Param({"FCFS", "PRIORITY", "TRACED", "VTC", "DLPM", "MLFQ", "SLACK", "FAIR_SLACK"})
  private PolicyKind kind = PolicyKind.FCFS;

  /** Tenants the requests are of, in turns. */
  @Param({"10", "100", "10000"})
  private int tenantCount;

  private @Nullable ServiceAccounts accounts;
  private @Nullable SchedulingPolicy policy;
  private long now;
  private long steps;

  /** All requests wait. */
  @Setup
  public void fill() {
    accounts = PolicySettings.DEFAULT.newAccounts();
    policy = PolicySettings.DEFAULT.newPolicy(kind, accounts);
    Tenant[] tenants = new Tenant[tenantCount];
    for (int t = 0; t < tenantCount; t++) {
      tenants[t] = new Tenant(new TenantSpec("tenant-" + t, 1 + t % 3, 0, 0));
    }
    int[] prompt = new int[PROMPT_TOKENS];
    for (int i = 0; i < WAITING; i++) {
      RequestSpec spec =
          RequestSpec.draft("request-" + i, tenants[i % tenantCount].id(), prompt, 100)
              .priority(i * 31 % 7)
              .targets(1000 + i * 7919 % 60_000, 0)
              .arrivalNanos(i)
              .build();
      Request request = new Request(spec, tenants[i % tenantCount], NO_TEXT, NOBODY, i);
      accounts.waits(request);
      policy.waiting().add(request);
    }
  }

  /** Takes and puts back. */
  @Benchmark
  @OperationsPerInvocation(2)
  public @Nullable Request takeAndAdd() {
    SchedulingPolicy policy = this.policy;
    ServiceAccounts accounts = this.accounts;
    if (policy == null || accounts == null) {
      throw new IllegalStateException("not filled");
    }
    now += 1000;
    if (++steps % 64 == 0 && kind != PolicyKind.TRACED) {
      policy.stepBegins(steps, now, 1000);
    }
    WaitingQueue waiting = policy.waiting();
    Request head = waiting.head(now);
    if (head != null) {
      waiting.remove(head);
      accounts.runs(head);
      accounts.served(head, PROMPT_TOKENS, 1);
      accounts.waits(head);
      waiting.add(head);
    }
    return head;
  }
}
