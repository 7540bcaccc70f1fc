package io.kvasir.loadtest.hitrate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The hit rates of every {@link Contender} on one trace, for several sizes of the cache. Computing
 * the token at position {@code x} costs {@code 1 + x / doubleCostTokens}: a constant part, and
 * attention to the tokens before it.
 *
 * @param name of the trace
 * @param prompts in it
 * @param promptTokens of all prompts
 * @param distinctBlocks full blocks that differ
 * @param unboundedHitShare share of prompt tokens that a cache of all blocks hits
 * @param sizes one per capacity, as asked for
 */
public record HitRateStudy(
    String name,
    int prompts,
    long promptTokens,
    int distinctBlocks,
    double unboundedHitShare,
    List<Size> sizes) {

  /**
   * One size of the cache.
   *
   * @param capacityBlocks how much it holds
   * @param rates of each contender
   */
  public record Size(int capacityBlocks, Map<Contender, HitRate> rates) {}

  /**
   * Replays a trace through a cache of each size with each policy.
   *
   * @param name of the trace
   * @param capacitiesBlocks sizes, blocks, at least 1
   * @param doubleCostTokens position from which on attention costs more than all the rest
   */
  public static HitRateStudy of(
      String name, BlockTrace trace, List<Integer> capacitiesBlocks, int doubleCostTokens) {
    NextUses nextUses = new NextUses(trace);
    long tokens = 0;
    double total = 0;
    for (int prompt = 0; prompt < trace.prompts(); prompt++) {
      tokens += trace.tokens(prompt);
      total += cost(trace.tokens(prompt), doubleCostTokens);
    }
    List<Size> sizes = new ArrayList<>();
    for (int capacity : capacitiesBlocks) {
      Map<Contender, HitRate> rates = new EnumMap<>(Contender.class);
      for (Contender contender : Contender.values()) {
        Victims victims = contender.victims(capacity, trace, doubleCostTokens);
        PrefixCache cache = new PrefixCache(trace, nextUses, victims, capacity);
        long hit = 0;
        double saved = 0;
        for (int prompt = 0; prompt < trace.prompts(); prompt++) {
          int found = cache.serve(prompt) * trace.blockTokens();
          hit += found;
          saved += cost(found, doubleCostTokens);
        }
        rates.put(
            contender,
            new HitRate(
                hit, share((double) hit, (double) tokens), share(saved, total), cache.evicted()));
      }
      sizes.add(new Size(capacity, rates));
    }
    double repeated = (double) trace.repeatedBlocks() * trace.blockTokens();
    return new HitRateStudy(
        name,
        trace.prompts(),
        tokens,
        trace.distinctBlocks(),
        share(repeated, (double) tokens),
        List.copyOf(sizes));
  }

  private static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  /** What the first tokens of a prompt cost, in units of a token without attention. */
  private static double cost(double tokens, int doubleCostTokens) {
    return tokens + tokens * (tokens - 1.0) / 2 / doubleCostTokens;
  }
}
