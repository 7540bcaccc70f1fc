package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.proto.WireLimits;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.ChatInput;
import io.kvasir.v1.ChatMessage;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.SamplingParameters;
import io.kvasir.v1.SessionHints;
import io.kvasir.v1.SloTargets;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenIds;
import io.kvasir.worker.sample.SamplingParams;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestValidatorTest {
  private static final int CONTEXT = 512;
  private static final long NONE = Long.MAX_VALUE;

  private final RequestValidator validator =
      new RequestValidator(TestModels.bytes(CONTEXT), () -> "assigned", () -> 42L, new Tenants());

  @ParameterizedTest(name = "{1}")
  @MethodSource("refusals")
  void refusesWithFieldValueAndLimit(
      UnaryOperator<GenerateRequest.Builder> change, String expected) {
    GenerateRequest request = change.apply(valid()).build();
    assertThatThrownBy(() -> validator.validate(request, 0, NONE))
        .isInstanceOf(InvalidArgument.class)
        .hasMessageContaining(expected);
  }

  static Stream<Arguments> refusals() {
    return Stream.concat(requestRefusals(), Stream.concat(samplingRefusals(), stopRefusals()));
  }

  private static Stream<Arguments> requestRefusals() {
    String longId = "x".repeat(WireLimits.MAX_ID_BYTES + 1);
    return Stream.of(
        refusal(b -> b.setRequestId(longId), "request_id has 129 bytes, the limit is 128"),
        refusal(b -> b.setRequestId("a\nb"), "request_id has U+000A at position 1"),
        refusal(b -> b.setTenantId(longId), "tenant_id has 129 bytes, the limit is 128"),
        refusal(b -> b.setTenantId("caf\u00e9"), "tenant_id has U+00E9 at position 3"),
        refusal(b -> b.setSessionId("\u007f"), "session_id has U+007F at position 0"),
        refusal(
            b -> b.setHints(SessionHints.newBuilder().setPin(true)),
            "session_id is empty; hints need one"),
        refusal(
            b -> b.setSessionId("s").setHints(SessionHints.newBuilder().setTtlMs(86_400_001)),
            "hints.ttl_ms is 86400001, the limit is 86400000"),
        refusal(
            b -> b.setSessionId("s").setHints(SessionHints.newBuilder().setResumeExpectedInMs(-1)),
            "hints.resume_expected_in_ms is 4294967295, the limit is 86400000"),
        refusal(b -> b.setCacheSalt(longId), "cache_salt has 129 bytes, the limit is 128"),
        refusal(b -> b.setPriority(1001), "priority is 1001; it must be from -1000 to 1000"),
        refusal(b -> b.setPriority(-1001), "priority is -1001; it must be from -1000 to 1000"),
        refusal(b -> b.setDeadlineMs(-1), "deadline_ms is 4294967295, the limit is 86400000"),
        refusal(
            b -> b.setSlo(SloTargets.newBuilder().setTtftMs(86_400_001)),
            "slo.ttft_ms is 86400001, the limit is 86400000"),
        refusal(
            b -> b.setSlo(SloTargets.newBuilder().setTbtMs(-2)),
            "slo.tbt_ms is 4294967294, the limit is 86400000"),
        refusal(b -> b.setTopCandidates(21), "top_candidates is 21, the limit is 20"),
        refusal(GenerateRequest.Builder::clearInput, "no input: set one of"),
        refusal(b -> b.setText(""), "text is empty"),
        refusal(
            b -> b.setText("x".repeat(WireLimits.MAX_PROMPT_CHARS + 1)),
            "text has 2097153 UTF-16 units, the limit is 2097152"),
        refusal(b -> b.setText("x".repeat(699)), "prompt has 700 tokens, the context is 512"),
        refusal(b -> b.setText("x".repeat(511)), "prompt has 512 tokens, the context is 512"),
        refusal(b -> b.setTokenIds(TokenIds.getDefaultInstance()), "token_ids is empty"),
        refusal(
            b -> b.setTokenIds(TokenIds.newBuilder().addIds(5).addIds(259)),
            "token_ids[1] is 259; token ids of this model are 0 to 258"),
        refusal(
            b -> b.setTokenIds(TokenIds.newBuilder().addIds(-1)),
            "token_ids[0] is 4294967295; token ids of this model are 0 to 258"),
        refusal(
            b -> b.setChat(ChatInput.newBuilder().addMessages(ChatMessage.newBuilder())),
            "chat: the model bytes has no chat template"));
  }

  private static Stream<Arguments> samplingRefusals() {
    return Stream.of(
        sampling(s -> s.setTemperature(Float.NaN), "temperature is NaN; it must be from 0 to 100"),
        sampling(s -> s.setTemperature(-0.5f), "temperature is -0.5"),
        sampling(s -> s.setTemperature(100.5f), "temperature is 100.5"),
        sampling(s -> s.setTemperature(Float.POSITIVE_INFINITY), "temperature is Infinity"),
        sampling(s -> s.setTopP(0f), "top_p is 0.0; it must be above 0 and at most 1"),
        sampling(s -> s.setTopP(Float.NaN), "top_p is NaN"),
        sampling(s -> s.setTopP(1.1f), "top_p is 1.1"),
        sampling(s -> s.setMinP(-0.1f), "min_p is -0.1; it must be from 0 to 1"),
        sampling(s -> s.setMinP(Float.NaN), "min_p is NaN"),
        sampling(s -> s.setMinP(1.5f), "min_p is 1.5"),
        sampling(s -> s.setRepetitionPenalty(0f), "repetition_penalty is 0.0"),
        sampling(s -> s.setRepetitionPenalty(Float.NaN), "repetition_penalty is NaN"),
        sampling(
            s -> s.setRepetitionPenalty(10.5f),
            "repetition_penalty is 10.5; it must be above 0 and at most 10"));
  }

  private static Stream<Arguments> stopRefusals() {
    return Stream.of(
        stop(s -> s.setMaxTokens(0), "stop.max_tokens is 0; it must be at least 1"),
        stop(s -> s.addStopStrings("ok").addStopStrings(""), "stop.stop_strings[1] is empty"),
        stop(
            s -> s.addStopStrings("\u00e9".repeat(129)),
            "stop.stop_strings[0] has 258 bytes, the limit is 256"),
        stop(
            s -> s.addAllStopStrings(Collections.nCopies(17, "x")),
            "stop.stop_strings has 17 elements, the limit is 16"),
        stop(
            s -> s.addAllStopTokenIds(Collections.nCopies(65, 3)),
            "stop.stop_token_ids has 65 elements, the limit is 64"),
        stop(s -> s.addStopTokenIds(259), "stop.stop_token_ids[0] is 259"));
  }

  @Test
  void whatTheTenantWasPromisedHolds() {
    Tenants tenants = new Tenants();
    tenants.put(
        new TenantSpec("batch", 1, 500, 0).toDraft().priorityClass(PriorityClass.LOW).build());
    RequestValidator promised =
        new RequestValidator(TestModels.bytes(CONTEXT), () -> "assigned", () -> 42L, tenants);
    GenerateRequest.Builder request =
        valid()
            .setTenantId("batch")
            .setPriority(7)
            .setSlo(SloTargets.newBuilder().setTtftMs(800).setTbtMs(40));
    RequestSpec spec = promised.validate(request.build(), 0, NONE).spec();
    assertThat(spec.priority()).isEqualTo(-1);
    assertThat(spec.ttftMillis()).isEqualTo(500);
    assertThat(spec.tbtMillis()).isEqualTo(40);
    request.setPriority(-9).setSlo(SloTargets.newBuilder().setTtftMs(100));
    spec = promised.validate(request.build(), 0, NONE).spec();
    assertThat(spec.priority()).isEqualTo(-9);
    assertThat(spec.ttftMillis()).isEqualTo(100);
    spec = promised.validate(request.setTenantId("other").setPriority(7).build(), 0, NONE).spec();
    assertThat(spec.priority()).isEqualTo(7);
    assertThat(tenants.find("other")).as("who is only validated is not remembered").isNull();
  }

  @Test
  void fillsInTheDefaults() {
    RequestSpec spec = validator.validate(valid().build(), 7, NONE).spec();
    assertThat(spec.requestId()).isEqualTo("assigned");
    assertThat(spec.tenantId()).isEqualTo("default");
    assertThat(spec.promptTokenIds()).containsExactly(1, 3 + 'h', 3 + 'i');
    assertThat(spec.maxTokens()).isEqualTo(CONTEXT - 3);
    assertThat(spec.sampling()).isEqualTo(new SamplingParams(0f, 0, 1f, 0f, 1f, 42L));
    assertThat(spec.stopTokenIds()).containsExactly(ByteTokenizer.END);
    assertThat(spec.allowLossyKv()).isFalse();
    assertThat(spec.arrivalNanos()).isEqualTo(7);
    assertThat(spec.deadlineNanos()).isEqualTo(NONE);
  }

  @Test
  void keepsWhatWasAskedFor() {
    RequestSpec spec =
        validator
            .validate(
                valid()
                    .setRequestId("mine")
                    .setTenantId("acme corp")
                    .setSessionId("s")
                    .setPriority(-1000)
                    .setCacheSalt("\u00e9")
                    .setTopCandidates(20)
                    .setAllowLossyKv(true)
                    .setSlo(SloTargets.newBuilder().setTtftMs(100).setTbtMs(20))
                    .setSampling(
                        SamplingParameters.newBuilder()
                            .setTemperature(100f)
                            .setTopK(40)
                            .setTopP(0.9f)
                            .setMinP(1f)
                            .setRepetitionPenalty(10f)
                            .setSeed(9))
                    .setStop(
                        StopConditions.newBuilder()
                            .setMaxTokens(5)
                            .addStopTokenIds(2)
                            .addStopTokenIds(9)
                            .setIgnoreEos(true))
                    .build(),
                0,
                NONE)
            .spec();
    assertThat(spec.requestId()).isEqualTo("mine");
    assertThat(spec.tenantId()).isEqualTo("acme corp");
    assertThat(spec.maxTokens()).isEqualTo(5);
    assertThat(spec.sampling()).isEqualTo(new SamplingParams(100f, 40, 0.9f, 1f, 10f, 9L));
    assertThat(spec.stopTokenIds()).containsExactly(2, 9);
    assertThat(spec.ttftMillis()).isEqualTo(100);
    assertThat(spec.tbtMillis()).isEqualTo(20);
    assertThat(spec.topCandidates()).isEqualTo(20);
    assertThat(spec.allowLossyKv()).isTrue();
  }

  @Test
  void anyPromptThatLeavesRoomForOneTokenIsTaken() {
    RequestSpec spec = validator.validate(valid().setText("x".repeat(510)).build(), 0, NONE).spec();
    assertThat(spec.promptTokenIds()).hasSize(511);
    assertThat(spec.maxTokens()).isEqualTo(1);
  }

  @Test
  void maxTokensIsCappedByTheContext() {
    StopConditions stop = StopConditions.newBuilder().setMaxTokens(-1).build();
    RequestSpec spec = validator.validate(valid().setStop(stop).build(), 0, NONE).spec();
    assertThat(spec.maxTokens()).isEqualTo(CONTEXT - 3);
  }

  @Test
  void aTopKOfTheWholeVocabularyKeepsAll() {
    SamplingParameters sampling = SamplingParameters.newBuilder().setTopK(-1).build();
    RequestSpec spec = validator.validate(valid().setSampling(sampling).build(), 0, NONE).spec();
    assertThat(spec.sampling().topK()).isZero();
  }

  @Test
  void theEarlierOfBothDeadlinesHolds() {
    GenerateRequest request = valid().setDeadlineMs(10).build();
    assertThat(validator.validate(request, 5, NONE).spec().deadlineNanos()).isEqualTo(10_000_005);
    assertThat(validator.validate(request, 5, 1_000).spec().deadlineNanos()).isEqualTo(1_000);
    assertThat(validator.validate(valid().build(), 5, 1_000).spec().deadlineNanos())
        .isEqualTo(1_000);
  }

  @Test
  void ignoringEndOfTextLeavesOnlyTheCallersStopTokens() {
    StopConditions stop = StopConditions.newBuilder().setIgnoreEos(true).build();
    RequestSpec spec = validator.validate(valid().setStop(stop).build(), 0, NONE).spec();
    assertThat(spec.stopTokenIds()).isEmpty();
  }

  private static GenerateRequest.Builder valid() {
    return GenerateRequest.newBuilder().setText("hi");
  }

  private static Arguments refusal(UnaryOperator<GenerateRequest.Builder> change, String expected) {
    return Arguments.of(change, expected);
  }

  private static Arguments sampling(
      UnaryOperator<SamplingParameters.Builder> change, String expected) {
    return refusal(
        b -> b.setSampling(change.apply(SamplingParameters.newBuilder())), "sampling." + expected);
  }

  private static Arguments stop(UnaryOperator<StopConditions.Builder> change, String expected) {
    return refusal(b -> b.setStop(change.apply(StopConditions.newBuilder())), expected);
  }
}
