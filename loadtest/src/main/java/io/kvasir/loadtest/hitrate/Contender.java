package io.kvasir.loadtest.hitrate;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.evict.ValueEviction;

/** The policies that are compared. */
public enum Contender {
  /** The pool's default. */
  LRU("LRU") {
    @Override
    Victims victims(int capacityBlocks, BlockTrace trace, int doubleCostTokens) {
      return Victims.of(EvictionKind.LRU.create(capacityBlocks, trace.blockTokens()));
    }
  },

  /** Cost of the sequence's end over age. */
  VALUE("value") {
    @Override
    Victims victims(int capacityBlocks, BlockTrace trace, int doubleCostTokens) {
      return Victims.of(byValue(capacityBlocks, trace, doubleCostTokens));
    }
  },

  /** Cost of the block's own position over age, as published: fronts go first. */
  POSITION("position") {
    @Override
    Victims victims(int capacityBlocks, BlockTrace trace, int doubleCostTokens) {
      return Victims.byPosition(byValue(capacityBlocks, trace, doubleCostTokens));
    }
  },

  /** The most tokens that any policy can hit. */
  OPTIMUM("optimum") {
    @Override
    Victims victims(int capacityBlocks, BlockTrace trace, int doubleCostTokens) {
      return new OfflineOptimum(capacityBlocks, trace.prompts());
    }
  };

  private final String label;

  Contender(String label) {
    this.label = label;
  }

  /** What it is called in tables. */
  public String label() {
    return label;
  }

  /** The policy for an empty cache. */
  abstract Victims victims(int capacityBlocks, BlockTrace trace, int doubleCostTokens);

  private static ValueEviction byValue(int capacityBlocks, BlockTrace trace, int doubleCostTokens) {
    return new ValueEviction(capacityBlocks, (double) doubleCostTokens / trace.blockTokens());
  }
}
