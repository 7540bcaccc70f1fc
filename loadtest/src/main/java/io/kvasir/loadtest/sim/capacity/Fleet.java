package io.kvasir.loadtest.sim.capacity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many devices a workload needs, by simulation.
 *
 * @param device which
 * @param workload name of the workload
 * @param attainment share of requests within their targets that is asked for
 * @param devices fewest that were found to reach it; 0: not even the most that were tried
 * @param tries what was simulated, in that order
 * @param cut what was cut of the requests, one line; empty: nothing
 * @param assumptions what the figures rest on
 */
public record Fleet(
    String device,
    String workload,
    double attainment,
    int devices,
    List<Try> tries,
    String cut,
    Map<String, Object> assumptions) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * One number of devices.
   *
   * @param devices simulated, each with its part of the requests
   * @param attainment share of requests within their targets
   * @param goodputPerSecond of all devices, until the last of them is done
   * @param worstTtftP99Millis of the slowest device
   */
  public record Try(
      int devices, double attainment, double goodputPerSecond, double worstTtftP99Millis) {}

  /** Keeps the tries unmodifiable. */
  public Fleet {
    tries = List.copyOf(tries);
  }

  String text() {
    StringBuilder out = new StringBuilder();
    for (Try each : tries) {
      out.append(
          String.format(
              Locale.ROOT,
              "%,d x %s: %.2f %% within targets, %.2f requests/s, TTFT p99 %,.0f ms%n",
              each.devices(),
              device,
              100 * each.attainment(),
              each.goodputPerSecond(),
              each.worstTtftP99Millis()));
    }
    String found =
        devices == 0
            ? "%s does not reach %.2f %% with any number of %s that was tried%n"
                .formatted(workload, 100 * attainment, device)
            : "%s needs %,d x %s for %.2f %% within targets%n"
                .formatted(workload, devices, device, 100 * attainment);
    out.append(found);
    return cut.isEmpty() ? out.toString() : out.append(cut).append('\n').toString();
  }

  ObjectNode json() {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("device", device);
    node.put("workload", workload);
    node.put("slo_attainment_wanted", attainment);
    node.put("devices_needed", devices);
    node.set("assumptions", MAPPER.valueToTree(assumptions));
    ArrayNode array = node.putArray("tries");
    for (Try each : tries) {
      array
          .addObject()
          .put("devices", each.devices())
          .put("slo_attainment", each.attainment())
          .put("goodput_rps", each.goodputPerSecond())
          .put("worst_ttft_p99_ms", each.worstTtftP99Millis());
    }
    return node;
  }
}
