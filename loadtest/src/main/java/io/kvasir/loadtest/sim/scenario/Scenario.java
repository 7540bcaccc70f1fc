package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a simulation compares: one workload on several systems.
 *
 * @param name a short name
 * @param description one sentence
 * @param setups the systems, one per row of the report
 * @param workload who asks for what
 * @param shaping how the run departs from its workload; the context is that of the set-ups
 * @param seed of the workload, of the token ids, and of traced priorities
 * @param assumptions everything that the figures rest on, by name with unit
 */
public record Scenario(
    String name,
    String description,
    List<SimSetup> setups,
    Workload workload,
    Shaping shaping,
    long seed,
    Map<String, Object> assumptions) {

  /** Keeps the systems unmodifiable and refuses two of one name. */
  public Scenario {
    setups = List.copyOf(setups);
    if (setups.stream().map(SimSetup::label).distinct().count() != setups.size()) {
      throw new IllegalArgumentException("two policies have the same label");
    }
  }

  /** This scenario with another seed. */
  public Scenario withSeed(long newSeed) {
    List<SimSetup> seeded = setups.stream().map(setup -> setup.tracing(newSeed)).toList();
    Map<String, Object> facts = new LinkedHashMap<>(assumptions);
    facts.put("seed", newSeed);
    facts.put("systems", Assumptions.systems(seeded));
    return new Scenario(name, description, seeded, workload, shaping, newSeed, facts);
  }

  /** This scenario with every invariant checked after every event. */
  public Scenario checkingEverything() {
    List<SimSetup> checked = setups.stream().map(SimSetup::checkingEverything).toList();
    return new Scenario(name, description, checked, workload, shaping, seed, assumptions);
  }
}
