package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Protects full blocks that nobody uses right now from being given up, each once however many want
 * it. A block that a tier holds is pinned there; one that only the arena holds is stored in the
 * fastest tier with room and pinned there; where no tier has room it is held in the arena, until
 * its owners let go of it.
 *
 * <p>Nobody is starved by it: at most half of a tier's limit is pinned here, and in the background
 * no more arena blocks are busy with being stored than {@link Demoter} allows itself. Confined to
 * the scheduler loop.
 */
public final class BlockKeeper {
  /** Place of a block that is held in the arena. */
  public static final int ARENA = -1;

  /** Place of a block that is not protected: it is not placed yet, or its copy was lost. */
  public static final int NOWHERE = -2;

  private record Hash(long hi, long lo) {}

  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final int maxBackground;
  private final TierPins pins;
  private final Prefetch prefetch;
  private final Map<Hash, KeptBlock> kept = new HashMap<>();
  private final LinkedHashSet<KeptBlock> inArena = new LinkedHashSet<>();
  private final ArrayDeque<KeptBlock> leaving = new ArrayDeque<>();
  private final ArrayDeque<BlockTable> spareTables = new ArrayDeque<>();
  private final int[] one = new int[1];
  private int drafted;

  BlockKeeper(BlockPool pool, Tiers tiers, CopyLedger ledger, Prefetch prefetch, int blockTokens) {
    this.prefetch = prefetch;
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
    maxBackground = Demoter.maxBlocks(pool);
    pins = new TierPins(tiers, ledger, blockTokens);
  }

  /** Blocks protected at a place, a tier's number or {@link #ARENA}. */
  public int count(int place) {
    return place == ARENA ? inArena.size() : pins.count(place);
  }

  /** Most blocks that are protected in a tier. */
  public int bound(int tier) {
    return pins.bound(tier);
  }

  /** Whether somebody wants the block of that hash already. */
  public boolean isKept(long hi, long lo) {
    return kept.containsKey(new Hash(hi, lo));
  }

  /** Whether the arena or a tier holds the block of that hash, so that it can be kept. */
  public boolean exists(long hi, long lo) {
    return pool.find(hi, lo) != PrefixIndex.ABSENT || pins.isHeld(hi, lo);
  }

  /** Whether the arena holds a block, so that whoever wants it need not load it. */
  public boolean isInArena(KeptBlock block) {
    return pool.find(block.hi, block.lo) != PrefixIndex.ABSENT;
  }

  /**
   * Adds an owner to a block, and pins it if a tier holds it. To be done for all blocks that are
   * wanted together before {@link #place} is called for the first: so storing one evicts none.
   */
  public KeptBlock claim(long hi, long lo, int saltTag) {
    KeptBlock block = kept.computeIfAbsent(new Hash(hi, lo), _ -> new KeptBlock(hi, lo, saltTag));
    block.owners++;
    if (!isProtected(block)) {
      pins.pinWhereHeld(block);
    }
    return block;
  }

  /** Announces how many blocks may be stored before the next {@link #order}. */
  public void expectStores(int count) {
    pins.expectStores(count);
  }

  /**
   * Protects a claimed block that is not protected yet. To be followed by {@link #order}.
   *
   * @param urgency that of the order: in the background only so much is stored at a time as leaves
   *     the arena usable, and the rest is held there until its turn comes
   * @return false if the block is nowhere, or in a tier where no more may be pinned
   */
  public boolean place(KeptBlock block, CopyUrgency urgency) {
    if (isProtected(block) || pins.pinWhereHeld(block)) {
      return true;
    }
    int id = pool.find(block.hi, block.lo);
    if (id == PrefixIndex.ABSENT) {
      return false;
    }
    boolean mayStore = urgency != CopyUrgency.BACKGROUND || budget() > 0;
    if (!mayStore || !store(block, id)) {
      hold(block, id);
    }
    return true;
  }

  /** Orders the stores that were begun. */
  public void order(CopyUrgency urgency) {
    ledger.order(CopyKind.STORE, urgency, null);
    drafted = 0;
  }

  /** Whether a block is still protected; that a copy was lost is noticed here. */
  public boolean isProtected(KeptBlock block) {
    pins.refresh(block);
    return block.place != NOWHERE;
  }

  /** One owner less; true if it was the last, so that the block is like any other cached one. */
  public boolean release(KeptBlock block) {
    if (--block.owners > 0) {
      return false;
    }
    if (block.place == ARENA) {
      unhold(block);
      block.place = NOWHERE;
    } else if (block.place >= 0) {
      pins.unpin(block);
    }
    kept.remove(new Hash(block.hi, block.lo));
    return true;
  }

  /**
   * Sends a block down: it is stored in a tier if it was held in the arena, and its block of the
   * arena is free as soon as a tier holds it and nobody uses it. To be followed by {@link #order}.
   *
   * @return false if no tier has room; it stays where it is
   */
  public boolean sendDown(KeptBlock block) {
    if (block.place == ARENA && !moveDown(block)) {
      return false;
    }
    if (block.place >= 0 && !block.leaving) {
      block.leaving = true;
      leaving.add(block);
    }
    return block.place >= 0;
  }

  /** Stores what there is budget for, and gives up what was sent down. Once per turn. */
  public void run() {
    int most = Math.min(inArena.size(), budget());
    if (most > 0 && pins.hasRoom()) {
      List<KeptBlock> held = new ArrayList<>(inArena);
      expectStores(most);
      for (int i = 0; i < most; i++) {
        if (!moveDown(held.get(i))) {
          // Its owner may have used up a quota: the others' turn comes before its next.
          inArena.addLast(held.get(i));
        }
      }
      order(CopyUrgency.BACKGROUND);
    }
    for (int left = leaving.size(); left > 0; left--) {
      leave(leaving.remove());
    }
  }

  private void leave(KeptBlock block) {
    boolean readable = tiers.findReadable(block.hi, block.lo) != Tiers.NONE;
    if (block.leaving && !readable && pins.isHeld(block.hi, block.lo)) {
      leaving.add(block);
      return;
    }
    int id = pool.find(block.hi, block.lo);
    if (block.leaving && readable && id != PrefixIndex.ABSENT) {
      pool.giveUp(id);
    }
    block.leaving = false;
  }

  /**
   * Orders loads into the arena of blocks that it does not hold, front first; they become cached
   * ones. Room is made by evicting others.
   *
   * @param blocks that lead a sequence
   * @param most blocks to load
   * @return how many are on their way
   */
  public int prefetch(List<KeptBlock> blocks, int most) {
    for (KeptBlock block : blocks) {
      block.leaving = false;
    }
    return prefetch.run(blocks, most);
  }

  /** Ids of the blocks that are held in the arena; makes garbage. */
  public int[] heldBlocks() {
    return inArena.stream().mapToInt(block -> pool.find(block.hi, block.lo)).toArray();
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    pins.check(kept.values(), violations);
    int held = 0;
    for (KeptBlock block : kept.values()) {
      held += block.place == ARENA ? 1 : 0;
      if (block.owners < 1 || (block.place == ARENA) != (block.table != null)) {
        violations.add("a kept block has %d owners at %d".formatted(block.owners, block.place));
      }
    }
    if (held != inArena.size()) {
      violations.add("%d blocks kept in the arena, counted %d".formatted(held, inArena.size()));
    }
    return violations;
  }

  private int budget() {
    return maxBackground - ledger.backgroundBlocks() - drafted;
  }

  /** Protects in a tier what is held in the arena; false if no tier has room. */
  private boolean moveDown(KeptBlock block) {
    int id = pool.find(block.hi, block.lo);
    boolean moved = pins.pinWhereHeld(block) || store(block, id);
    if (moved) {
      unhold(block);
    }
    return moved;
  }

  private boolean store(KeptBlock block, int id) {
    boolean stored = pins.store(block, id);
    drafted += stored ? 1 : 0;
    return stored;
  }

  private void hold(KeptBlock block, int id) {
    BlockTable table = spareTables.isEmpty() ? pool.newTable(1) : spareTables.pop();
    one[0] = id;
    pool.share(table, one, 1);
    block.table = table;
    block.place = ARENA;
    inArena.add(block);
  }

  private void unhold(KeptBlock block) {
    BlockTable table = block.table;
    if (table != null) {
      pool.release(table);
      spareTables.push(table);
    }
    block.table = null;
    inArena.remove(block);
  }
}
