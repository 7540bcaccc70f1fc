package io.kvasir.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** One hand-made run in every form of the report. */
final class ReportTest {
  private static final long MILLI = 1_000_000;

  private final RunRecorder recorder = new RunRecorder(List.of("quiet", "a<b"), 0);

  @Test
  void jsonNamesUnitsAndLeavesTheUnmeasuredNull() throws IOException {
    JsonNode json = new ObjectMapper().readTree(ReportJson.text(run()));
    JsonNode tenant = json.path("tenants").path("a<b");
    assertThat(tenant.path("sent_requests").asInt()).isEqualTo(3);
    assertThat(tenant.path("ok_requests").asInt()).isEqualTo(1);
    assertThat(tenant.path("refused_by_code").path("RESOURCE_EXHAUSTED").asInt()).isEqualTo(1);
    assertThat(tenant.path("refused_by_reason").path("QUEUE").asInt()).isEqualTo(1);
    assertThat(tenant.path("errors_by_code").path("UNAVAILABLE").asInt()).isEqualTo(1);
    assertThat(tenant.path("dropped_by_driver_requests").asInt()).isEqualTo(1);
    assertThat(tenant.path("ttft_p50_ms").asDouble()).isCloseTo(50, within(0.1));
    assertThat(tenant.path("tbt_p99_ms").asDouble()).isCloseTo(20, within(0.1));
    assertThat(tenant.path("tbt_count").asInt()).isEqualTo(2);
    assertThat(tenant.path("e2e_max_ms").asDouble()).isCloseTo(80, within(0.1));
    assertThat(tenant.path("cached_share").asDouble()).isEqualTo(0.75);
    assertThat(tenant.path("throughput_tokens_s").asDouble()).isCloseTo(1.5, within(0.01));
    assertThat(tenant.path("slo_attainment").asDouble()).as("of four asked for").isEqualTo(0.25);
    assertThat(tenant.path("goodput_rps").asDouble()).isCloseTo(0.5, within(0.01));
    JsonNode quiet = json.path("tenants").path("quiet");
    assertThat(quiet.path("sent_requests").asInt()).isZero();
    assertThat(quiet.path("ttft_p50_ms").isNull()).isTrue();
    assertThat(json.path("assumptions").path("length_scale").asDouble()).isEqualTo(0.5);
    assertThat(json.path("duration_s").asDouble()).isEqualTo(2);
    assertThat(json.path("timeline").path("output_tokens").path("a<b").get(0).asInt()).isEqualTo(3);
    assertThat(json.path("warnings")).hasSize(3);
  }

  @Test
  void everyFormSaysWhatTheWarmUpWasAndCountsFromItsEnd() throws Exception {
    RunRecorder afterwards = new RunRecorder(List.of(), 5000 * MILLI);
    afterwards.sent("a", 6000 * MILLI, 0);
    afterwards.firstTokens("a", 6100 * MILLI, 100 * MILLI, 4);
    LoadReport report = afterwards.report(TestRuns.info(new Warmup(5, 1200)), 7000 * MILLI);
    JsonNode json = new ObjectMapper().readTree(ReportJson.text(report));
    assertThat(json.path("assumptions").path("warmup_s").asDouble()).isEqualTo(5);
    assertThat(json.path("assumptions").path("warmup_requests").asInt()).isEqualTo(1200);
    assertThat(json.path("duration_s").asDouble()).isEqualTo(2);
    assertThat(json.path("total").path("throughput_tokens_s").asDouble()).isEqualTo(2);
    JsonNode bins = json.path("timeline").path("output_tokens").path("a");
    assertThat(bins).hasSize(5);
    assertThat(bins.get(4).asInt()).isEqualTo(4);
    String text = "5.0 s, 1,200 requests not counted";
    assertThat(ReportTable.of(report)).contains("warm-up before: " + text + "\n");
    assertThat(texts(parse(HtmlReport.of(report)), "dd")).contains(text);
    assertThat(ReportTable.of(run())).doesNotContain("warm-up");
  }

  @Test
  void tableHasALinePerTenantAndOneForAll() {
    List<String> lines = ReportTable.of(run()).lines().toList();
    assertThat(lines.get(0)).startsWith("tenant").contains("TTFT p50 ms", "TBT p50 ms", "refused");
    assertThat(lines.get(2).split("\\s+"))
        .startsWith("quiet", "0", "0", "0", "0", "0")
        .endsWith("-", "-", "-", "-", "0.00");
    assertThat(lines.get(3).split("\\s+"))
        .containsExactly(
            "a<b", "4", "1", "2", "1", "12", "75", "3", "1.5", "50", "50", "10", "20", "0.50");
    assertThat(lines.get(5)).startsWith("total");
    assertThat(lines.get(5).length()).isEqualTo(lines.get(3).length());
    assertThat(lines)
        .contains("A note.", "! The driver dropped 1 requests: 5 were outstanding already.");
  }

  @Test
  void pageIsWellFormedAndNeedsNothingElse() throws Exception {
    String html = HtmlReport.of(run());
    assertThat(html).doesNotContain("http://", "https://", "<script", "@import", "url(");
    Document page = parse(html);
    assertThat(texts(page, "h1")).containsExactly("test <workload>");
    assertThat(texts(page, "h2"))
        .containsExactly(
            "Tenants",
            "Time to first token",
            "Time between tokens",
            "Throughput",
            "Requests in flight",
            "Assumptions");
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(4);
    assertThat(texts(page, "li")).contains("A note.");
    NodeList lines = page.getElementsByTagName("polyline");
    for (int i = 0; i < lines.getLength(); i++) {
      assertThat(((Element) lines.item(i)).getAttribute("points"))
          .doesNotContain("NaN", "Infinity");
    }
    assertThat(lines.getLength()).isEqualTo(4);
  }

  @Test
  void emptyRunHasAReportToo() throws Exception {
    LoadReport report = new RunRecorder(List.of(), 0).report(TestRuns.info(), 0);
    assertThat(parse(HtmlReport.of(report)).getElementsByTagName("svg").getLength()).isEqualTo(2);
    assertThat(new ObjectMapper().readTree(ReportJson.text(report)).path("tenants")).isEmpty();
    assertThat(ReportTable.of(report)).contains("total");
  }

  @Test
  void longRunsKeepTheirTokensInFewBins() {
    Timeline timeline = new Timeline();
    timeline.waiting(0, 5);
    for (int second = 0; second < 100_000; second++) {
      timeline.tokens("a", second * 1_000_000_000L, 2);
    }
    Timeline.Series series = timeline.series();
    List<Long> tokens = series.tokens().getOrDefault("a", List.of());
    assertThat(tokens).hasSizeLessThanOrEqualTo(400);
    assertThat(tokens.stream().mapToLong(Long::longValue).sum()).isEqualTo(200_000);
    assertThat(series.waiting()).containsOnly(5L).hasSameSizeAs(tokens);
    assertThat(series.binSeconds() * tokens.size()).isBetween(100_000.0, 100_800.0);
  }

  @Test
  void axesEndAtRoundNumbersAroundTheValues() {
    assertThat(labels(Axis.linear("", 730))).containsExactly("0", "200", "400", "600", "800");
    assertThat(labels(Axis.linear("", 0))).containsExactly("0", "0.5", "1");
    assertThat(labels(Axis.log("", 3, 70))).containsExactly("2", "5", "10", "20", "50", "100");
    assertThat(labels(Axis.log("", 0.1, 3000))).containsExactly("0.1", "1", "10", "100", "1,000");
    Axis percentiles = Axis.percentiles("");
    assertThat(percentiles.place(0)).isZero();
    assertThat(percentiles.place(99) - percentiles.place(90))
        .isCloseTo(percentiles.place(90), within(1e-9));
    assertThat(percentiles.place(100)).isEqualTo(1);
  }

  @Test
  void fairnessIsOneWhereAllGotTheirShare() {
    assertThat(run().jain()).isEqualTo(1);
    RunRecorder unfair = new RunRecorder(List.of(), 0);
    for (String tenant : List.of("served", "starved")) {
      unfair.sent(tenant, 0, 0);
    }
    unfair.ended(
        "served",
        MILLI,
        RequestEnd.without(RequestEnd.Kind.OK, ""),
        new RequestTimes(MILLI, 0, 0, 0, true));
    assertThat(unfair.report(TestRuns.info(), MILLI).jain()).isEqualTo(0.5);
  }

  /** Three requests of one tenant in two seconds: answered, refused, failed; a fourth dropped. */
  private LoadReport run() {
    String tenant = "a<b";
    for (int i = 0; i < 3; i++) {
      recorder.sent(tenant, i * MILLI, 0);
    }
    recorder.dropped(tenant);
    recorder.firstTokens(tenant, 50 * MILLI, 50 * MILLI, 1);
    recorder.moreTokens(tenant, 60 * MILLI, 10 * MILLI, 1);
    recorder.moreTokens(tenant, 80 * MILLI, 20 * MILLI, 1);
    recorder.ended(
        tenant,
        80 * MILLI,
        new RequestEnd(RequestEnd.Kind.OK, "", new RequestEnd.Usage(12, 9, 3, 1, 4, 2.5)),
        new RequestTimes(80 * MILLI, 50 * MILLI, 30 * MILLI, 3, true));
    RequestTimes none = new RequestTimes(90 * MILLI, 0, 0, 0, false);
    recorder.ended(tenant, 90 * MILLI, RequestEnd.refused("RESOURCE_EXHAUSTED", "QUEUE"), none);
    recorder.ended(
        tenant, 90 * MILLI, RequestEnd.without(RequestEnd.Kind.ERROR, "UNAVAILABLE"), none);
    return recorder.report(TestRuns.info(), 2000 * MILLI);
  }

  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(Axis.Tick::label).toList();
  }

  private static Document parse(String html)
      throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }

  private static List<String> texts(Document page, String element) {
    List<String> texts = new ArrayList<>();
    NodeList nodes = page.getElementsByTagName(element);
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }
}
