package io.kvasir.worker.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.NewRequest;
import io.kvasir.v1.SampledToken;
import io.kvasir.v1.ScheduledRequest;
import io.kvasir.v1.StepPlan;
import io.kvasir.v1.StepResult;
import io.kvasir.v1.TokenScore;
import io.kvasir.v1.WorkerHello;
import io.kvasir.v1.WorkerSampling;
import io.kvasir.worker.step.WorkerInfo;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records survive the wire; what breaks a limit is refused by name. */
final class CodecTest {
  private static final int CASES = 500;

  @Test
  void plansSurviveTheWire() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      var plan = RandomRecords.plan(new Random(seed));
      StepPlan read = StepPlan.parseFrom(StepPlanCodec.encode(plan).toByteArray());
      assertThat(StepPlanCodec.decode(read))
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .isEqualTo(plan);
    }
  }

  @Test
  void resultsSurviveTheWire() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      var result = RandomRecords.result(new Random(seed));
      StepResult read = StepResult.parseFrom(StepResultCodec.encode(result).toByteArray());
      assertThat(StepResultCodec.decode(read)).as("seed %d", seed).isEqualTo(result);
    }
  }

  @Test
  void helloSurvivesTheWire() throws Exception {
    WorkerInfo info = info();
    WorkerHello read = WorkerHello.parseFrom(HelloCodec.encode(info).toByteArray());
    assertThat(read.getProtocolVersion()).isEqualTo(1);
    assertThat(HelloCodec.decode(read)).isEqualTo(info);
  }

  @Test
  void refusesPlansBeyondALimit() {
    refusedPlan("step_plan.step_id: is 0, must be 1 to 2^63-1", StepPlan.newBuilder());
    refusedPlan(
        "step_plan.released_slots: is 4294967295, must be 0 to 4095", plan().addReleasedSlots(-1));
    refusedPlan(
        "step_plan.scheduled[0].slot: is 4096, must be 0 to 4095",
        plan().addScheduled(ScheduledRequest.newBuilder().setSlot(4096)));
    refusedPlan(
        "step_plan.scheduled[0].token_count: is 0, must be 1 to 4194304",
        plan().addScheduled(ScheduledRequest.newBuilder()));
    refusedPlan(
        "step_plan.scheduled[0].new_block_ids: is 16777216, must be 0 to 16777215",
        plan()
            .addScheduled(ScheduledRequest.newBuilder().setTokenCount(1).addNewBlockIds(1 << 24)));
    StepPlan.Builder crowd = plan();
    for (int i = 0; i <= WireLimits.MAX_WORKER_REQUESTS; i++) {
      crowd.addScheduled(ScheduledRequest.newBuilder().setTokenCount(1));
    }
    refusedPlan("step_plan.scheduled: has 4097 entries, limit 4096", crowd);
  }

  @Test
  void refusesNewRequestsBeyondALimit() {
    refusedNew("prompt_tokens: is 2, must be 1 to 1", request().setPromptTokens(2));
    refusedNew("prompt_tokens: is 0, must be 1 to 1", request().setPromptTokens(0));
    refusedNew("token_ids: is 2097152, must be 0 to 2097151", request().addTokenIds(1 << 21));
    refusedNew(
        "request_id: has 129 bytes, limit 128", request().setRequestId("é".repeat(64) + "a"));
    refusedNew("top_candidates: is 21, must be 0 to 20", request().setTopCandidates(21));
    WorkerSampling valid = request().getSampling();
    refusedSampling("temperature: is 101.0, limit 100.0", valid.toBuilder().setTemperature(101));
    refusedSampling("temperature out of range: NaN", valid.toBuilder().setTemperature(Float.NaN));
    refusedSampling("topP out of range: 0.0", WorkerSampling.newBuilder());
    refusedSampling(
        "repetition_penalty: is 11.0, limit 10.0", valid.toBuilder().setRepetitionPenalty(11));
  }

  @Test
  void refusesResultsBeyondALimit() {
    refusedResult("step_result.step_id: is 0, must be 1 to 2^63-1", StepResult.newBuilder());
    refusedResult(
        "step_result.step_nanos: is 18446744073709551615, must be 0 to 2^63-1",
        StepResult.newBuilder().setStepId(1).setStepNanos(-1));
    refusedResult(
        "step_result.tokens[0].token_id: is 2097152, must be 0 to 2097151",
        result(SampledToken.newBuilder().setTokenId(1 << 21)));
    SampledToken.Builder talker = SampledToken.newBuilder();
    for (int i = 0; i <= WireLimits.MAX_TOP_CANDIDATES; i++) {
      talker.addCandidates(TokenScore.newBuilder().setTokenId(i));
    }
    refusedResult("step_result.tokens[0].candidates: has 21 entries, limit 20", result(talker));
    refusedResult(
        "step_result.tokens: must be empty when failure is set",
        result(SampledToken.newBuilder()).setFailure("no"));
    refusedResult(
        "step_result.failure: has 4097 characters, limit 4096",
        StepResult.newBuilder().setStepId(1).setFailure("x".repeat(4097)));
  }

  @Test
  void cutsALongFailure() {
    var result = new io.kvasir.worker.step.StepResult(1, List.of(), 0, "x".repeat(9999));
    assertThat(StepResultCodec.encode(result).getFailure()).hasSize(WireLimits.MAX_FAILURE_CHARS);
  }

  @Test
  void refusesHellosBeyondALimit() {
    WorkerHello hello = HelloCodec.encode(info());
    refusedHello(
        "hello.worker_id: must be printable ASCII, not empty", hello.toBuilder().setWorkerId(""));
    refusedHello(
        "hello.worker_id: must be printable ASCII, not empty",
        hello.toBuilder().setWorkerId("a b"));
    refusedHello(
        "hello.worker_id: has 129 bytes, limit 128",
        hello.toBuilder().setWorkerId("w".repeat(129)));
    refusedHello(
        "hello.model_fingerprint: must be 64 lower-case hexadecimal digits",
        hello.toBuilder().setModelFingerprint("AB".repeat(32)));
    refusedHello(
        "hello.geometry.layers: is 0, must be 1 to 16384", hello.toBuilder().clearGeometry());
    refusedHello(
        "hello.block_count: is 4294967295, must be 1 to 16777216",
        hello.toBuilder().setBlockCount(-1));
    refusedHello(
        "hello.max_requests: is 4097, must be 1 to 4096", hello.toBuilder().setMaxRequests(4097));
  }

  private static WorkerInfo info() {
    return new WorkerInfo(
        "worker-1",
        "tiny",
        "0a".repeat(32),
        new BlockGeometry(2, 1, 8, 2, 16),
        64,
        512,
        8,
        128,
        99,
        List.of(
            new TierSpec(TierKind.DRAM, "dram", 10, false, "raw", true, false, 20_000_000_000L, 1),
            new TierSpec(TierKind.SSD, "ssd", 1 << 27, true, "int8", false, true, 1, 2)));
  }

  private static StepPlan.Builder plan() {
    return StepPlan.newBuilder().setStepId(7);
  }

  private static NewRequest.Builder request() {
    return NewRequest.newBuilder()
        .addTokenIds(5)
        .setPromptTokens(1)
        .setSampling(WorkerSampling.newBuilder().setTopP(1).setRepetitionPenalty(1));
  }

  private static StepResult.Builder result(SampledToken.Builder token) {
    return StepResult.newBuilder().setStepId(1).addTokens(token);
  }

  private static void refusedSampling(String message, WorkerSampling.Builder sampling) {
    refusedNew("sampling." + message, request().setSampling(sampling));
  }

  private static void refusedNew(String message, NewRequest.Builder request) {
    refusedPlan("step_plan.new_requests[0]." + message, plan().addNewRequests(request));
  }

  private static void refusedPlan(String message, StepPlan.Builder plan) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepPlanCodec.decode(plan.build()))
        .withMessage(message);
  }

  private static void refusedResult(String message, StepResult.Builder result) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepResultCodec.decode(result.build()))
        .withMessage(message);
  }

  private static void refusedHello(String message, WorkerHello.Builder hello) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HelloCodec.decode(hello.build()))
        .withMessage(message);
  }
}
