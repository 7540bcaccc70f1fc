package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine that serves synthetic requests as a policy wants: it has room for so many tokens and so
 * many requests, computes a prompt in one step and a token for each running request in every step.
 * No blocks, no chunks, no pipeline: what is left is the policy and the books.
 */
final class ServiceRig {
  static final long STEP_NANOS = 1_000_000;

  final ServiceAccounts accounts;
  final SchedulingPolicy policy;
  final RequestTable table;
  final int roomTokens;
  final int slots;
  final List<Request> admitted = new ArrayList<>();
  long now;
  long steps;
  int preemptions;

  private final Map<String, Tenant> tenants = new HashMap<>();
  private final IdentityHashMap<Request, Integer> outputs = new IdentityHashMap<>();
  private long arrivals;
  private int usedTokens;

  ServiceRig(PolicyKind kind, PolicySettings settings, int roomTokens, int slots) {
    this.accounts = settings.newAccounts();
    this.policy = settings.newPolicy(kind, accounts);
    this.table = new RequestTable(policy.waiting(), policy, accounts);
    this.roomTokens = roomTokens;
    this.slots = slots;
  }

  /** A tenant with a weight; one that was there has been forgotten, but for what it was given. */
  void tenant(String id, double weight) {
    tenants.put(id, new Tenant(new TenantSpec(id, weight, 0, 0)));
  }

  Request submit(String tenant, int prompt, int output) {
    return submit(tenant, prompt, output, output, 0, 0);
  }

  /**
   * A request arrives.
   *
   * @param output tokens it generates
   * @param maxTokens tokens it might
   */
  Request submit(String tenant, int prompt, int output, int maxTokens, int priority, int ttft) {
    Tenant payer = tenants.computeIfAbsent(tenant, id -> new Tenant(TenantSpec.of(id)));
    RequestSpec spec =
        RequestSpec.draft("request-" + arrivals, tenant, new int[prompt], maxTokens)
            .priority(priority)
            .targets(ttft, 0)
            .arrivalNanos(now)
            .build();
    Request request = new Request(spec, payer, Silent.TEXT, Silent.NOBODY, arrivals++);
    outputs.put(request, output);
    table.add(request);
    check();
    return request;
  }

  /** One step: gives way, admits, computes. */
  void step() {
    accounts.stepBegins(now);
    policy.stepBegins(steps++, now, 0);
    table.running().rank();
    admit();
    for (int i = 0; i < table.running().size(); i++) {
      compute(table.running().get(i));
    }
    now += STEP_NANOS;
    for (int i = table.running().size() - 1; i >= 0; i--) {
      Request request = table.running().get(i);
      if (request.completionTokens() >= outputs.getOrDefault(request, 0)) {
        end(request);
      }
    }
    check();
  }

  /** The client goes away. */
  void cancel(Request request) {
    end(request);
    check();
  }

  private void end(Request request) {
    usedTokens -= request.slot() == Request.NO_SLOT ? 0 : tokens(request);
    table.remove(request);
    request.finish(now);
  }

  private void admit() {
    Request head = policy.waiting().head(now);
    while (head != null && (fits(head) || makeRoom(head))) {
      table.toRunning(head);
      head.admit(0, 0, 0, now);
      accounts.admitted(head);
      usedTokens += tokens(head);
      admitted.add(head);
      head = policy.waiting().head(now);
    }
  }

  private boolean fits(Request request) {
    return table.running().size() < slots && usedTokens + tokens(request) <= roomTokens;
  }

  private boolean makeRoom(Request head) {
    for (int i = table.running().size() - 1; i >= 0 && !fits(head); i--) {
      Request request = table.running().get(i);
      if (policy.givesWay(request, head, now) && policy.givesPlace(request, head)) {
        assertThat(policy.givesWay(head, request, now)).as("both give way").isFalse();
        table.toWaiting(request, now);
        request.preempt(now);
        usedTokens -= tokens(request);
        preemptions++;
      }
    }
    return fits(head);
  }

  private void compute(Request request) {
    int before = request.computedTokens();
    int count = request.tokensBehind();
    request.planned(count, true, 0);
    int again = request.computed(count);
    int prompt = Math.min(request.computedTokens(), request.promptTokens()) - before - again;
    if (prompt > 0) {
      accounts.served(request, prompt, 0);
    }
    request.sampleArrived();
    request.append(7, now);
    accounts.served(request, 0, 1);
  }

  private int tokens(Request request) {
    return request.promptTokens() + outputs.getOrDefault(request, 0);
  }

  /** Service by weight a tenant was given; 0 if it never came. */
  double service(String tenant) {
    TenantService row = row(tenant);
    return row == null ? 0 : row.service() / row.weight();
  }

  double counter(String tenant) {
    TenantService row = row(tenant);
    return row == null ? 0 : row.counter();
  }

  int queued(String tenant) {
    TenantService row = row(tenant);
    return row == null ? 0 : row.queued();
  }

  private @Nullable TenantService row(String tenant) {
    return accounts.snapshot(Integer.MAX_VALUE).stream()
        .filter(row -> row.tenant().equals(tenant))
        .findFirst()
        .orElse(null);
  }

  private void check() {
    if (!accounts.violations().isEmpty() || !policy.waiting().violations().isEmpty()) {
      throw new AssertionError(accounts.violations() + " " + policy.waiting().violations());
    }
  }

  static final class Silent {
    static final OutputText TEXT =
        new OutputText() {
          @Override
          public Piece append(int tokenId) {
            return new Piece("", false);
          }

          @Override
          public String finish() {
            return "";
          }
        };

    static final RequestListener NOBODY =
        new RequestListener() {
          @Override
          public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {}

          @Override
          public void onFinished(FinishedEvent finished) {}
        };
  }
}
