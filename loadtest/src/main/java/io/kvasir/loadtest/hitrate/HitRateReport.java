package io.kvasir.loadtest.hitrate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * Hit rates for people and programs.
 *
 * @param blockTokens tokens of a block
 * @param doubleCostTokens position from which on attention costs more than all the rest
 * @param sessionsPerSecond how often sessions of agents start
 * @param seed decides when they do
 * @param studies one per trace
 */
public record HitRateReport(
    int blockTokens,
    int doubleCostTokens,
    double sessionsPerSecond,
    long seed,
    List<HitRateStudy> studies) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final List<String> ASSUMPTIONS =
      List.of(
          "prompts are served one at a time, in the order of arrival; none overlap",
          "full prompt blocks are cached, all of one size; generated tokens are not",
          "a prompt's blocks are released together, from the tail to the front",
          "a hit is a prefix: a block behind a missing one is computed again",
          "what a prompt has beyond the cache's capacity is not kept",
          "a prompt that is cached to its last token hits all of it",
          "sessions of agents share no blocks with each other, for their ids are numbered apart",
          "value and position count age in blocks computed since the last use",
          "the optimum hits the most tokens; it does not look at cost");

  /** A Markdown table per trace, and what it assumes. */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (HitRateStudy study : studies) {
      out.append(
          String.format(
              Locale.ROOT,
              "%s: %,d prompts of %,d tokens, %,d distinct blocks of %d tokens; a cache of all of"
                  + " them hits %.1f %%%n",
              study.name(),
              study.prompts(),
              study.promptTokens(),
              study.distinctBlocks(),
              blockTokens,
              100 * study.unboundedHitShare()));
      out.append("\n| blocks | tokens |");
      for (Contender contender : Contender.values()) {
        out.append(" hit, ").append(contender.label()).append(" |");
      }
      for (Contender contender : Contender.values()) {
        out.append(" cost saved, ").append(contender.label()).append(" |");
      }
      out.append("\n|").append(" ---: |".repeat(2 + 2 * Contender.values().length)).append('\n');
      study.sizes().forEach(size -> row(out, size));
      out.append('\n');
    }
    out.append(
        String.format(
            Locale.ROOT,
            "Per cent of prompt tokens found, and of the cost of computing all prompts, where the"
                + " token at position x costs 1 + x / %,d.%n",
            doubleCostTokens));
    ASSUMPTIONS.forEach(assumption -> out.append("- ").append(assumption).append('\n'));
    return out.toString();
  }

  private void row(StringBuilder out, HitRateStudy.Size size) {
    long tokens = (long) size.capacityBlocks() * blockTokens;
    out.append(String.format(Locale.ROOT, "| %,d | %,d |", size.capacityBlocks(), tokens));
    size.rates()
        .values()
        .forEach(rate -> out.append(String.format(Locale.ROOT, " %.2f |", 100 * rate.hitShare())));
    size.rates()
        .values()
        .forEach(
            rate -> out.append(String.format(Locale.ROOT, " %.2f |", 100 * rate.costSavedShare())));
    out.append('\n');
  }

  /** The report as one JSON object; every name says its unit. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode assumptions = root.putObject("assumptions");
    assumptions.put("block_tokens", blockTokens);
    assumptions.put("double_cost_tokens", doubleCostTokens);
    assumptions.put("agent_sessions_per_second", sessionsPerSecond);
    assumptions.put("seed", seed);
    assumptions.set("notes", MAPPER.valueToTree(ASSUMPTIONS));
    ArrayNode traces = root.putArray("traces");
    for (HitRateStudy study : studies) {
      ObjectNode node = traces.addObject();
      node.put("trace", study.name());
      node.put("prompts", study.prompts());
      node.put("prompt_tokens", study.promptTokens());
      node.put("distinct_blocks", study.distinctBlocks());
      node.put("unbounded_hit_share", study.unboundedHitShare());
      ArrayNode sizes = node.putArray("sizes");
      study.sizes().forEach(size -> sizes.add(size(size)));
    }
    return root.toPrettyString();
  }

  private static ObjectNode size(HitRateStudy.Size size) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("capacity_blocks", size.capacityBlocks());
    ObjectNode policies = node.putObject("policies");
    size.rates()
        .forEach((contender, rate) ->
            policies
                .putObject(contender.label().toLowerCase(Locale.ROOT))
                .put("hit_tokens", rate.hitTokens())
                .put("hit_share", rate.hitShare())
                .put("cost_saved_share", rate.costSavedShare())
                .put("evicted_blocks", rate.evictedBlocks()));
    return node;
  }
}
