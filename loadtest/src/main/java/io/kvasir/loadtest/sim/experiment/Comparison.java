package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.scenario.Assumptions;
import io.kvasir.loadtest.sim.scenario.Hardware;
import io.kvasir.loadtest.sim.scenario.Scenario;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several engines on one hardware under one workload.
 *
 * @param title names it
 * @param columns what distinguishes it from the other comparisons of the experiment, by name with
 *     unit: columns of each of its rows
 * @param hardware what the engines run on
 * @param promises what tenants were promised
 * @param sessions when the next turn of a session is sent
 * @param timing what is measured when
 * @param workload who asks for what
 * @param shaping how the run departs from its workload, but for the context
 * @param engines one per row
 */
record Comparison(
    String title,
    Map<String, Object> columns,
    Hardware hardware,
    Promises promises,
    SessionPacing sessions,
    SimSetup.Timing timing,
    Workload workload,
    Shaping shaping,
    List<Engine> engines) {

  /** The same with other engines. */
  Comparison of(List<Engine> others) {
    return new Comparison(
        title, columns, hardware, promises, sessions, timing, workload, shaping, others);
  }

  /** The same with another workload, shaped otherwise. */
  Comparison under(Workload other, Shaping otherShaping) {
    return new Comparison(
        title, columns, hardware, promises, sessions, timing, other, otherShaping, engines);
  }

  /** The same on other hardware. */
  Comparison on(Hardware other) {
    return new Comparison(
        title, columns, other, promises, sessions, timing, workload, shaping, engines);
  }

  /** The same, run until every request has ended. */
  Comparison draining() {
    SimSetup.Timing draining =
        new SimSetup.Timing(true, timing.sampleNanos(), timing.windowNanos());
    return new Comparison(
        title, columns, hardware, promises, sessions, draining, workload, shaping, engines);
  }

  /** The same with other columns. */
  Comparison entitled(String newTitle, Map<String, Object> newColumns) {
    return new Comparison(
        newTitle, newColumns, hardware, promises, sessions, timing, workload, shaping, engines);
  }

  /** What is simulated. */
  Scenario scenario(long seed) {
    List<SimSetup> setups = engines.stream().map(this::setup).toList();
    int context = setups.stream().mapToInt(SimSetup::contextTokens).min().orElseThrow();
    Shaping fitting =
        new Shaping(
            shaping.timeScale(),
            shaping.lengthScale(),
            shaping.limit(),
            shaping.durationNanos(),
            context,
            shaping.tenants());
    Scenario bare =
        new Scenario(title, workload.description(), setups, workload, fitting, seed, Map.of());
    Map<String, Object> facts = new LinkedHashMap<>(columns);
    facts.putAll(Assumptions.of(bare, hardware));
    return new Scenario(title, workload.description(), setups, workload, fitting, seed, facts);
  }

  private SimSetup setup(Engine engine) {
    return new SimSetup(
        engine.label(),
        hardware.model(),
        hardware.stepTime(),
        hardware.blockTokens(),
        hardware.kvBlocks(),
        engine.tiers(hardware.tiers()),
        engine.copies(),
        engine.scheduler(),
        engine.planCost(),
        promises,
        sessions,
        timing,
        engine.core(),
        false);
  }
}
