package io.kvasir.worker.link;

import static io.kvasir.proto.WireLimits.MAX_CONTEXT_TOKENS;
import static io.kvasir.proto.WireLimits.MAX_COPY_JOBS;
import static io.kvasir.proto.WireLimits.MAX_ID_BYTES;
import static io.kvasir.proto.WireLimits.MAX_KV_BLOCKS;
import static io.kvasir.proto.WireLimits.MAX_REPETITION_PENALTY;
import static io.kvasir.proto.WireLimits.MAX_TEMPERATURE;
import static io.kvasir.proto.WireLimits.MAX_TOP_CANDIDATES;
import static io.kvasir.proto.WireLimits.MAX_VOCABULARY;
import static io.kvasir.proto.WireLimits.MAX_WORKER_REQUESTS;

import com.google.common.primitives.Longs;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.v1.WorkerSampling;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.ScheduledRequests;
import io.kvasir.worker.step.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Step plans as records and on the wire. Decoding checks what holds for every worker; whether a
 * plan fits what this worker knows is the step engine's to say.
 */
public final class StepPlanCodec {
  private StepPlanCodec() {}

  /** To the wire. */
  public static io.kvasir.v1.StepPlan encode(StepPlan plan) {
    io.kvasir.v1.StepPlan.Builder builder =
        io.kvasir.v1.StepPlan.newBuilder().setStepId(plan.stepId());
    for (int slot : plan.releasedSlots()) {
      builder.addReleasedSlots(slot);
    }
    for (NewRequest request : plan.newRequests()) {
      builder.addNewRequests(encode(request));
    }
    for (int i = 0; i < plan.scheduled().size(); i++) {
      builder.addScheduled(encode(plan.scheduled(), i));
    }
    for (CopyJob job : plan.copies()) {
      builder.addCopies(CopyJobCodec.encode(job));
    }
    builder.addAllCancelledJobs(Longs.asList(plan.cancelledJobs()));
    return builder.build();
  }

  /**
   * From the wire.
   *
   * @throws IllegalArgumentException naming the field and the limit
   */
  public static StepPlan decode(io.kvasir.v1.StepPlan plan) {
    if (plan.getStepId() < 1) {
      throw new IllegalArgumentException(
          "step_plan.step_id: is "
              + Long.toUnsignedString(plan.getStepId())
              + ", must be 1 to 2^63-1");
    }
    int[] released =
        WireCheck.ints(
            "step_plan.released_slots",
            plan.getReleasedSlotsCount(),
            plan::getReleasedSlots,
            MAX_WORKER_REQUESTS,
            MAX_WORKER_REQUESTS - 1);
    WireCheck.entries("step_plan.new_requests", plan.getNewRequestsCount(), MAX_WORKER_REQUESTS);
    List<NewRequest> newRequests = new ArrayList<>(plan.getNewRequestsCount());
    for (int i = 0; i < plan.getNewRequestsCount(); i++) {
      newRequests.add(decode("step_plan.new_requests[" + i + "].", plan.getNewRequests(i)));
    }
    WireCheck.entries("step_plan.scheduled", plan.getScheduledCount(), MAX_WORKER_REQUESTS);
    List<ScheduledRequest> scheduled = new ArrayList<>(plan.getScheduledCount());
    for (int i = 0; i < plan.getScheduledCount(); i++) {
      scheduled.add(decode("step_plan.scheduled[" + i + "].", plan.getScheduled(i)));
    }
    WireCheck.entries("step_plan.copies", plan.getCopiesCount(), MAX_COPY_JOBS);
    List<CopyJob> copies = new ArrayList<>(plan.getCopiesCount());
    for (int i = 0; i < plan.getCopiesCount(); i++) {
      copies.add(CopyJobCodec.decode("step_plan.copies[" + i + "].", plan.getCopies(i)));
    }
    WireCheck.entries("step_plan.cancelled_jobs", plan.getCancelledJobsCount(), MAX_COPY_JOBS);
    long[] cancelled = Longs.toArray(plan.getCancelledJobsList());
    return new StepPlan(plan.getStepId(), released, newRequests, scheduled, copies, cancelled);
  }

  private static io.kvasir.v1.NewRequest encode(NewRequest request) {
    io.kvasir.v1.NewRequest.Builder builder =
        io.kvasir.v1.NewRequest.newBuilder()
            .setSlot(request.slot())
            .setRequestId(request.requestId())
            .setPromptTokens(request.promptTokens())
            .setSampling(encode(request.sampling()))
            .setTopCandidates(request.topCandidates());
    for (int token : request.tokenIds()) {
      builder.addTokenIds(token);
    }
    for (int block : request.blockIds()) {
      builder.addBlockIds(block);
    }
    return builder.build();
  }

  private static NewRequest decode(String path, io.kvasir.v1.NewRequest request) {
    return new NewRequest(
        slot(path, request.getSlot()),
        WireCheck.text(path + "request_id", request.getRequestId(), MAX_ID_BYTES),
        WireCheck.ints(
            path + "token_ids",
            request.getTokenIdsCount(),
            request::getTokenIds,
            MAX_CONTEXT_TOKENS + 1,
            MAX_VOCABULARY - 1),
        WireCheck.range(
            path + "prompt_tokens", request.getPromptTokens(), 1, request.getTokenIdsCount()),
        blocks(path + "block_ids", request.getBlockIdsCount(), request::getBlockIds),
        decode(path + "sampling.", request.getSampling()),
        WireCheck.range(
            path + "top_candidates", request.getTopCandidates(), 0, MAX_TOP_CANDIDATES));
  }

  private static WorkerSampling encode(SamplingParams sampling) {
    return WorkerSampling.newBuilder()
        .setTemperature(sampling.temperature())
        .setTopK(sampling.topK())
        .setTopP(sampling.topP())
        .setMinP(sampling.minP())
        .setRepetitionPenalty(sampling.repetitionPenalty())
        .setSeed(sampling.seed())
        .build();
  }

  private static SamplingParams decode(String path, WorkerSampling sampling) {
    atMost(path + "temperature", sampling.getTemperature(), MAX_TEMPERATURE);
    atMost(path + "repetition_penalty", sampling.getRepetitionPenalty(), MAX_REPETITION_PENALTY);
    try {
      return new SamplingParams(
          sampling.getTemperature(),
          sampling.getTopK(),
          sampling.getTopP(),
          sampling.getMinP(),
          sampling.getRepetitionPenalty(),
          sampling.getSeed());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + e.getMessage(), e);
    }
  }

  private static void atMost(String field, float value, float max) {
    if (value > max) {
      throw new IllegalArgumentException(field + ": is " + value + ", limit " + max);
    }
  }

  private static io.kvasir.v1.ScheduledRequest encode(ScheduledRequests requests, int i) {
    io.kvasir.v1.ScheduledRequest.Builder builder =
        io.kvasir.v1.ScheduledRequest.newBuilder()
            .setSlot(requests.slot(i))
            .setComputedTokens(requests.computedTokens(i))
            .setTokenCount(requests.tokenCount(i))
            .setSample(requests.sample(i));
    for (int n = 0; n < requests.newBlockCount(i); n++) {
      builder.addNewBlockIds(requests.newBlockId(i, n));
    }
    return builder.build();
  }

  private static ScheduledRequest decode(String path, io.kvasir.v1.ScheduledRequest request) {
    return new ScheduledRequest(
        slot(path, request.getSlot()),
        WireCheck.range(
            path + "computed_tokens", request.getComputedTokens(), 0, MAX_CONTEXT_TOKENS),
        WireCheck.range(path + "token_count", request.getTokenCount(), 1, MAX_CONTEXT_TOKENS),
        blocks(path + "new_block_ids", request.getNewBlockIdsCount(), request::getNewBlockIds),
        request.getSample());
  }

  private static int slot(String path, int slot) {
    return WireCheck.range(path + "slot", slot, 0, MAX_WORKER_REQUESTS - 1);
  }

  private static int[] blocks(String field, int count, IntUnaryOperator get) {
    return WireCheck.ints(field, count, get, MAX_CONTEXT_TOKENS, MAX_KV_BLOCKS - 1);
  }
}
