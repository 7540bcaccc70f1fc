package io.kvasir.scheduler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.StepTimeStatus;
import io.kvasir.scheduler.loop.SwapStatus;
import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.RequestTiming;
import io.kvasir.scheduler.session.SessionStatus;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Names, labels and buckets that dashboards and routers written for vLLM depend on. */
class MetricsPageTest {
  private static final TierStatus.Copies NO_COPIES = new TierStatus.Copies(0, 0, 0, 0, 0, 0, 0);
  private static final TierStatus TIER =
      new TierStatus(
          "ssd",
          TierKind.SSD,
          "int8",
          true,
          10,
          10,
          7,
          1,
          0,
          NO_COPIES,
          NO_COPIES,
          NO_COPIES,
          List.of(new TenantBlocks("t", 3, 5)));

  private static final Pattern SAMPLE =
      Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*\\{([a-z_]+=\"[^\"]*\",?)+} [-+0-9.eEInfNa]+");

  private final MetricsPage page =
      page(new StepTimeStatus(40, OptionalDouble.of(0.03), 2e6, 3e4, 12));

  private static MetricsPage page(StepTimeStatus stepTimes) {
    MetricsPage page = new MetricsPage("m");
    SchedulerStatus status =
        new SchedulerStatus(
            true,
            SchedulerStatus.SERVING,
            "w",
            3,
            2,
            1,
            new SchedulerStatus.BlockCounts(10, 25, 60, 5, 100),
            7,
            stepTimes,
            new SchedulerStatus.Totals(11, 12, 13, 14, 15, 16, 17, 18, 19_000_000_000L),
            SwapStatus.NONE,
            List.of(TIER),
            List.of(),
            SessionStatus.NONE);
    page.registerStatus(16, () -> status);
    return page;
  }

  @Test
  void tiersSayHowTheyStoreKv() {
    assertThat(page.scrape().lines())
        .contains(
            "kvasir:tier_codec_info"
                + "{codec=\"int8\",lossy=\"true\",model_name=\"m\",tier=\"ssd\"} 1.0",
            "kvasir:tier_blocks{model_name=\"m\",state=\"resident\",tier=\"ssd\"} 7.0");
  }

  @Test
  void stepTimesAreShownWithTheirErrorOnceMeasured() {
    assertThat(page.scrape().lines())
        .contains(
            "kvasir:step_time_error_ratio{model_name=\"m\"} 0.03",
            "kvasir:step_time_fixed_seconds{model_name=\"m\"} 0.002",
            "kvasir:step_time_per_token_seconds{model_name=\"m\"} 3.0E-5",
            "kvasir:step_time_per_context_seconds{model_name=\"m\"} 1.2E-8");
    assertThat(page(new StepTimeStatus(3, OptionalDouble.empty(), 2e6, 0, 0)).scrape())
        .contains("kvasir:step_time_fixed_seconds{")
        .doesNotContain("kvasir:step_time_error_ratio{");
    assertThat(page(StepTimeStatus.NONE).scrape()).doesNotContain("kvasir:step_time_", "NaN");
  }

  @Test
  void everyLineParses() {
    page.onRefused(RefusalReason.INVALID, "");
    page.schedulerEvents().onAdmitted(spec("t"), 1, 5);
    assertThat(page.scrape().lines().filter(line -> !line.startsWith("#")))
        .isNotEmpty()
        .allMatch(line -> SAMPLE.matcher(line).matches());
  }

  @Test
  void gaugesAndCountersHaveVllmsNames() {
    assertThat(page.scrape().lines())
        .contains(
            "vllm:num_requests_running{model_name=\"m\"} 3.0",
            "vllm:num_requests_waiting{model_name=\"m\"} 2.0",
            "vllm:kv_cache_usage_perc{model_name=\"m\"} 0.3",
            "vllm:cache_config_info{block_size=\"16\",model_name=\"m\",num_gpu_blocks=\"100\"} 1",
            "vllm:num_preemptions_total{model_name=\"m\"} 12.0",
            "vllm:prompt_tokens_total{model_name=\"m\"} 13.0",
            "vllm:generation_tokens_total{model_name=\"m\"} 14.0",
            "vllm:prefix_cache_queries_total{model_name=\"m\"} 15.0",
            "vllm:prefix_cache_hits_total{model_name=\"m\"} 16.0");
  }

  @Test
  void theBoundOnResumingIsShown() {
    page.schedulerEvents().onResumed(spec("t"), 400_000_000);
    assertThat(page.scrape().lines())
        .contains(
            "kvasir:resume_bound_exceeded_total{model_name=\"m\"} 18.0",
            "kvasir:resume_wait_max_seconds{model_name=\"m\"} 19.0",
            "kvasir:resume_wait_seconds_bucket{model_name=\"m\",le=\"0.5\"} 1",
            "kvasir:resume_wait_seconds_count{model_name=\"m\"} 1");
  }

  @Test
  void endsAreCountedByVllmsReasons() {
    for (FinishReason reason : FinishReason.values()) {
      page.schedulerEvents().onFinished(spec("t"), end(reason));
    }
    assertThat(page.scrape().lines())
        .contains(
            "vllm:request_success_total{finished_reason=\"stop\",model_name=\"m\"} 1.0",
            "vllm:request_success_total{finished_reason=\"length\",model_name=\"m\"} 1.0",
            "vllm:request_success_total{finished_reason=\"abort\",model_name=\"m\"} 2.0",
            "vllm:request_success_total{finished_reason=\"error\",model_name=\"m\"} 1.0",
            "vllm:e2e_request_latency_seconds_count{model_name=\"m\"} 5");
  }

  @Test
  void histogramsHaveVllmsBuckets() {
    page.schedulerEvents().onToken(spec("t"), 0, 30_000_000);
    page.schedulerEvents().onToken(spec("t"), 1, 30_000_000);
    page.schedulerEvents().onAdmitted(spec("t"), 0, 400_000_000);
    assertBuckets(
        "vllm:time_to_first_token_seconds",
        ".001 .005 .01 .02 .04 .06 .08 .1 .25 .5 .75 1 2.5 5 7.5 10 20 40 80 160 640 2560");
    assertBuckets(
        "vllm:inter_token_latency_seconds",
        ".01 .025 .05 .075 .1 .15 .2 .3 .4 .5 .75 1 2.5 5 7.5 10 20 40 80");
    String requests = ".3 .5 .8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680";
    assertBuckets("vllm:e2e_request_latency_seconds", requests);
    assertBuckets("vllm:request_queue_time_seconds", requests);
    assertThat(page.scrape())
        .contains("vllm:time_to_first_token_seconds_bucket{model_name=\"m\",le=\"0.02\"} 0\n")
        .contains("vllm:time_to_first_token_seconds_bucket{model_name=\"m\",le=\"0.04\"} 1\n");
  }

  @Test
  void tenantsBeyondTheBoundShareOneLabel() {
    for (int i = 0; i < SchedulerMetrics.MAX_TENANTS + 50; i++) {
      page.schedulerEvents().onToken(spec("tenant-" + i), 0, 1);
    }
    List<String> lines =
        page.scrape()
            .lines()
            .filter(line -> line.startsWith("kvasir:tenant_generation_tokens_total{"))
            .toList();
    assertThat(lines).hasSize(SchedulerMetrics.MAX_TENANTS + 1);
    assertThat(lines)
        .contains(
            "kvasir:tenant_generation_tokens_total{model_name=\"m\",tenant=\"_others\"} 50.0");
  }

  private void assertBuckets(String name, String bounds) {
    String prefix = name + "_bucket{model_name=\"m\",le=\"";
    List<Double> found =
        page.scrape()
            .lines()
            .filter(line -> line.startsWith(prefix) && !line.contains("+Inf"))
            .map(line -> Double.valueOf(line.substring(prefix.length(), line.indexOf("\"}"))))
            .toList();
    assertThat(found).isEqualTo(Arrays.stream(bounds.split(" ", -1)).map(Double::valueOf).toList());
  }

  private static RequestSpec spec(String tenant) {
    return RequestSpec.draft("r", tenant, new int[] {1}, 1).build();
  }

  private static FinishedEvent end(FinishReason reason) {
    return new FinishedEvent(
        reason, "", 1, 0, 1, new RequestTiming(0, 0, 0, 0, 0, 0, 0, 0, List.of()), null, null);
  }
}
