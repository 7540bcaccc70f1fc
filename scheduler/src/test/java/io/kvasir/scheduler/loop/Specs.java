package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.RequestDraft;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes request specs for tests. Each method changes a copy. */
record Specs(String tenantId, UnaryOperator<RequestDraft> draft) {
  static final Specs PLAIN = new Specs("tenant", draft -> draft);

  private Specs and(UnaryOperator<RequestDraft> more) {
    return new Specs(tenantId, before -> more.apply(draft.apply(before)));
  }

  Specs tenant(String tenant) {
    return new Specs(tenant, draft);
  }

  /** A turn of a session. */
  Specs session(String id, @Nullable SessionHints given) {
    return and(made -> made.session(id, given));
  }

  Specs priority(int value) {
    return and(made -> made.priority(value));
  }

  Specs allowLossyKv(boolean allow) {
    return and(made -> made.allowLossyKv(allow));
  }

  Specs stopTokens(int... ids) {
    return and(made -> made.stopTokenIds(ids));
  }

  /** Targets of the time to the first token and between tokens, 0: none. */
  Specs targets(int ttft, int tbt) {
    return and(made -> made.targets(ttft, tbt));
  }

  Specs arrival(long nanos) {
    return and(made -> made.arrivalNanos(nanos));
  }

  Specs deadline(long nanos) {
    return and(made -> made.deadlineNanos(nanos));
  }

  RequestSpec request(String id, int[] prompt, int maxTokens) {
    return draft.apply(RequestSpec.draft(id, tenantId, prompt, maxTokens)).build();
  }

  /** A prompt of {@code length} tokens that starts like no prompt of another {@code start}. */
  static int[] prompt(int start, int length, int vocabularySize) {
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = 3 + (start * 31 + i * 7) % (vocabularySize - 3);
    }
    return prompt;
  }
}
