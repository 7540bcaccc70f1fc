package io.kvasir.loadtest.workload.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalProcess;
import io.kvasir.loadtest.workload.LengthDistribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * ServeGen: what each client of a large model did over 14 days, as rates and distributions that
 * arrivals are drawn from. Clients whose lengths were not recorded (15 of 162) stay silent.
 */
final class ServeGenTrace {
  /** The quantiles of every length distribution. */
  private static final double[] PROBABILITIES = {
    0.01, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75,
    0.80, 0.85, 0.90, 0.95, 0.99, 0.999
  };

  /**
   * Ten minutes of one client.
   *
   * @param startSeconds from the start of the trace
   * @param ratePerSecond mean arrivals
   * @param process intervals
   */
  record Window(double startSeconds, double ratePerSecond, ArrivalProcess process) {}

  /** Lengths of one client for six hours. */
  record Lengths(LengthDistribution input, LengthDistribution output) {}

  /**
   * One client.
   *
   * @param name the tenant it becomes
   * @param windows its traffic, in the order of time; none while it was silent
   * @param lengths by the second they hold from
   */
  record Client(String name, List<Window> windows, NavigableMap<Integer, Lengths> lengths) {}

  private ServeGenTrace() {}

  static TraceRecords<Client> read(Path file) {
    return new TraceRecords<>(file, ServeGenTrace::parse);
  }

  /** The arrivals of every client of {@code file}, drawn from {@code seed}. */
  static List<Iterator<Arrival>> arrivals(Path file, long seed) {
    List<Iterator<Arrival>> arrivals = new ArrayList<>();
    try (TraceRecords<Client> clients = read(file)) {
      clients.forEachRemaining(client -> arrivals.add(new ServeGenArrivals(client, seed)));
    }
    return arrivals;
  }

  private static Optional<Client> parse(String line) {
    JsonLine json = JsonLine.of(line);
    List<Window> windows = new ArrayList<>();
    for (JsonNode window : json.array("windows")) {
      if (window.size() < 6) {
        throw new IllegalArgumentException("a window has 6 fields, not " + window.size());
      }
      windows.add(window(window));
    }
    NavigableMap<Integer, Lengths> lengths = new TreeMap<>();
    json.required("dists")
        .properties()
        .forEach(entry ->
            lengths.put(
                Integer.valueOf(entry.getKey()),
                new Lengths(
                    quantiles(new JsonLine(entry.getValue()).array("input_tokens")),
                    quantiles(new JsonLine(entry.getValue()).array("output_tokens")))));
    return Optional.of(new Client("client-" + json.text("client"), windows, lengths));
  }

  /** The law of the intervals is kept; its mean is given by the rate that was measured with it. */
  private static Window window(JsonNode window) {
    double cv = window.get(2).doubleValue();
    String pattern = window.get(3).asText();
    ArrivalProcess process =
        switch (pattern) {
          case "Weibull" ->
              new ArrivalProcess.Weibull(Math.clamp(window.get(4).doubleValue(), 0.05, 100));
          case "Gamma" -> new ArrivalProcess.Gamma(Math.clamp(cv, 0.01, 100));
          case "Exponential", "Expon" -> new ArrivalProcess.Poisson();
          default -> throw new IllegalArgumentException("unknown pattern '" + pattern + "'");
        };
    return new Window(window.get(0).doubleValue(), window.get(1).doubleValue(), process);
  }

  /** The first number is the mean, the others are quantiles. */
  private static LengthDistribution quantiles(JsonNode numbers) {
    if (numbers.size() != PROBABILITIES.length + 1) {
      throw new IllegalArgumentException(
          PROBABILITIES.length + 1 + " numbers needed per length, " + numbers.size() + " found");
    }
    double[] values = new double[PROBABILITIES.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(1, numbers.get(i + 1).doubleValue());
    }
    return new LengthDistribution.Empirical(PROBABILITIES, values);
  }
}
