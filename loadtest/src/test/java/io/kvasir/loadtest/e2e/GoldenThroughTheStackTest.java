package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.v1.FinishReason;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.SamplingParameters;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenCandidate;
import io.kvasir.v1.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models through gRPC, scheduler and worker give what an independent forward pass gives. */
class GoldenThroughTheStackTest {
  private static final int ROOMY = 256;
  private static final int NEW_TOKENS = 64;

  /** For about two requests of the sixteen; one needs up to 13. */
  private static final int SCARCE = 16;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512})
  void storiesAloneAndInAMixedBatch(int maxStepTokens) throws IOException {
    check(Golden.stories(), maxStepTokens);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512})
  void bundledAloneAndInAMixedBatch(int maxStepTokens) throws IOException {
    check(Golden.bundled(), maxStepTokens);
  }

  @Test
  void storiesWhileRequestsArePreemptedAndResumed() throws IOException {
    checkPreempted(Golden.stories());
  }

  @Test
  void bundledWhileRequestsArePreemptedAndResumed() throws IOException {
    checkPreempted(Golden.bundled());
  }

  /** Whether a request is preempted depends on who comes when; within some rounds one is. */
  private static void checkPreempted(Golden golden) throws IOException {
    try (Stack stack = Stack.embedded(golden.model(), SCARCE, 512)) {
      int preemptions = 0;
      for (int round = 0; round < 20 && preemptions == 0; round++) {
        preemptions = preemptions(checkMixed(golden, stack));
      }
      assertThat(preemptions).isPositive();
    }
  }

  private static int preemptions(List<Generation> generations) {
    return generations.stream().mapToInt(g -> g.finished().getTiming().getPreemptions()).sum();
  }

  private static void check(Golden golden, int maxStepTokens) throws IOException {
    try (Stack stack = Stack.embedded(golden.model(), ROOMY, maxStepTokens)) {
      for (Golden.Case expected : golden.cases()) {
        checkGreedy(expected, stack.generate(greedy(expected, "alone")));
      }
      checkMixed(golden, stack);
    }
  }

  /** Sixteen requests; of those that are not greedy, each seed is there twice. */
  static List<GenerateRequest> mixed(Golden golden) {
    List<GenerateRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Golden.Case prompt = golden.cases().get(i % golden.cases().size());
      requests.add(greedy(prompt, "tenant-" + i));
      requests.add(sampled(prompt, i / 4 * 4 + i % 2, "sampler-" + i));
    }
    return requests;
  }

  /** Sixteen requests at once, and then each alone. */
  static List<Generation> checkMixed(Golden golden, Stack stack) {
    List<GenerateRequest> requests = mixed(golden);
    List<Generation> generations = stack.generateAll(requests);
    for (int i = 0; i < 8; i++) {
      checkGreedy(golden.cases().get(i % golden.cases().size()), generations.get(2 * i));
    }
    for (int i = 0; i < 16; i++) {
      Generation again = stack.generate(requests.get(i));
      assertThat(generations.get(i).tokenIds())
          .as(requests.get(i)::toString)
          .isEqualTo(again.tokenIds());
      assertThat(generations.get(i).text()).isEqualTo(again.text());
    }
    assertThat(stack.violations()).isEmpty();
    assertThat(stack.status().getBlocks().getOwned()).isZero();
    return generations;
  }

  static GenerateRequest greedy(Golden.Case prompt, String tenant) {
    return GenerateRequest.newBuilder()
        .setTenantId(tenant)
        .setText(prompt.prompt())
        .setTopCandidates(8)
        .setStop(StopConditions.newBuilder().setMaxTokens(NEW_TOKENS).setIgnoreEos(true))
        .build();
  }

  private static GenerateRequest sampled(Golden.Case prompt, int seed, String tenant) {
    return GenerateRequest.newBuilder()
        .setTenantId(tenant)
        .setTokenIds(TokenIds.newBuilder().addAllIds(prompt.promptIds()))
        .setSampling(
            SamplingParameters.newBuilder().setTemperature(0.9f).setTopP(0.95f).setSeed(seed))
        .setStop(StopConditions.newBuilder().setMaxTokens(NEW_TOKENS / 2 + seed))
        .build();
  }

  static void checkGreedy(Golden.Case expected, Generation actual) {
    assertThat(actual.accepted().getPromptTokenIdsList()).isEqualTo(expected.promptIds());
    assertThat(actual.tokenIds()).isEqualTo(expected.greedyIds());
    assertThat(actual.finished().getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_LENGTH);
    List<TokenCandidate> top = actual.candidates().getFirst().getCandidatesList();
    for (int i = 0; i < expected.top().size(); i++) {
      assertThat(top.get(i).getTokenId()).isEqualTo(expected.top().get(i).tokenId());
      assertThat(top.get(i).getLogit()).isCloseTo(expected.top().get(i).logit(), within(1e-3f));
    }
  }
}
