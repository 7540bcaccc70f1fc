package io.kvasir.kvpool.block;

import io.kvasir.kvpool.evict.EvictionPolicy;
import io.kvasir.kvpool.group.SlotAllocator;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.PrefixIndex;
import java.util.List;

/**
 * The only mutator of block metadata and block tables: it moves blocks between their states and
 * keeps slots, eviction policy, prefix index and references in step. It decides nothing; {@link
 * io.kvasir.kvpool.KvPool} does.
 *
 * <p>Confined to the scheduler loop. Allocates nothing after construction, apart from tables.
 */
public final class BlockPool {
  final BlockMeta meta;
  final SlotAllocator slots;
  final EvictionPolicy evictable;
  final PrefixIndex index;
  private final Evictor evictor;

  private CachedListener released = _ -> {};

  final LiveTables live = new LiveTables();

  private int owned;
  private int inFlight;

  /** Blocks allocated so far: the time that the eviction policy is told. */
  private long allocated;

  /** Makes a FREE block of every slot, all of which are free. */
  public BlockPool(SlotAllocator slots, EvictionPolicy evictable, PrefixIndex index) {
    this.meta = new BlockMeta(slots.total());
    this.slots = slots;
    this.evictable = evictable;
    this.index = index;
    this.evictor = new Evictor(meta, slots, evictable, index);
  }

  /** Sets who hears of blocks that become CACHED because the last table let go of them. */
  public void listen(CachedListener listener) {
    released = listener;
  }

  public BlockTable newTable(int maxBlocks) {
    return new BlockTable(this, maxBlocks);
  }

  public int totalBlocks() {
    return meta.blockCount;
  }

  /** FREE blocks. */
  public int freeBlocks() {
    return slots.free();
  }

  /** Blocks that at least one table references. */
  public int ownedBlocks() {
    return owned;
  }

  /** CACHED blocks. */
  public int cachedBlocks() {
    return evictable.size();
  }

  /** Blocks that only copies hold. */
  public int inFlightBlocks() {
    return inFlight;
  }

  /** What is known of each block. */
  public BlockMeta meta() {
    return meta;
  }

  public BlockState state(int block) {
    return meta.state(block);
  }

  /** The block registered under a hash, or {@link PrefixIndex#ABSENT}. */
  public int find(long hi, long lo) {
    return index.find(hi, lo);
  }

  /**
   * Appends {@code count} blocks to a table, in as few runs as can be. Evicts CACHED blocks if
   * there are too few FREE ones, or none that lie together: see {@link Evictor}.
   *
   * @throws IllegalStateException if the table or the pool has no room; nothing is changed
   */
  public void allocate(BlockTable table, int count) {
    requireRoom(table, count);
    if (count > freeBlocks() + cachedBlocks()) {
      throw new IllegalStateException(
          "%d blocks asked for, %d free and %d cached"
              .formatted(count, freeBlocks(), cachedBlocks()));
    }
    evictable.advance(allocated += count);
    evictor.makeRoom(count);
    slots.expect(table.owner, count);
    for (int i = 0; i < count; i++) {
      evictor.makeRun(table);
      int block = slots.allocate(table.owner);
      meta.allocate(block);
      owned++;
      append(table, block);
    }
  }

  /**
   * Appends the first {@code count} of {@code blocks}, which are REGISTERED or CACHED, to an empty
   * table, and counts them as committed.
   *
   * @throws IllegalStateException if the table is not empty or has no room; nothing is changed then
   */
  public void share(BlockTable table, int[] blocks, int count) {
    requireEmpty(table);
    requireRoom(table, count);
    for (int i = 0; i < count; i++) {
      int block = blocks[i];
      if (meta.references[block] == 0) {
        use(block);
        inFlight -= meta.holds[block] > 0 ? 1 : 0;
        owned++;
      }
      meta.references[block]++;
      append(table, block);
    }
    table.committed = count;
  }

  /**
   * Registers the table's blocks before {@code fullBlocks} that are not registered yet. A block
   * whose hash another block has registered already stays OWNED: the table keeps its ids, since a
   * step that uses them may be under way.
   *
   * @throws IllegalArgumentException if more blocks were committed before
   */
  public void commit(BlockTable table, HashChain chain, int fullBlocks) {
    requireOwn(table);
    if (fullBlocks < table.committed || fullBlocks > table.count) {
      throw new IllegalArgumentException(
          "%d full blocks in a table of %d, %d of them committed"
              .formatted(fullBlocks, table.count, table.committed));
    }
    for (int i = table.committed; i < fullBlocks; i++) {
      enter(table.blocks[i], chain.hi(i), chain.lo(i), chain.saltTag());
    }
    table.committed = fullBlocks;
  }

  /**
   * A copy uses a block's bytes from now on, so the block stays what it is until {@link #unhold},
   * whatever becomes of its tables.
   *
   * @throws IllegalStateException if the block is FREE
   */
  public void hold(int block) {
    if (meta.references[block] == 0 && meta.holds[block] == 0) {
      use(block);
      inFlight++;
    }
    meta.holds[block]++;
  }

  /** Ends one {@link #hold}. */
  public void unhold(int block) {
    if (meta.holds[block] == 0) {
      throw new IllegalStateException("block " + block + " is not held");
    }
    if (--meta.holds[block] == 0 && meta.references[block] == 0) {
      inFlight--;
      unuse(block);
    }
  }

  /**
   * Registers a block that only copies use, if nobody else has registered the hash: a copy brought
   * its bytes and whoever wanted them is gone.
   */
  public void register(int block, long hi, long lo, int saltTag) {
    if (meta.state(block) != BlockState.OWNED || meta.references[block] > 0) {
      throw new IllegalStateException("block " + block + " is not in flight alone");
    }
    enter(block, hi, lo, saltTag);
  }

  /**
   * Drops a table's references and empties it. Blocks without references become CACHED if they are
   * registered and FREE otherwise. From the tail to the front: so the tail is evicted first.
   */
  public void release(BlockTable table) {
    requireOwn(table);
    if (table.count == 0) {
      return;
    }
    slots.close(table.owner);
    for (int i = table.count - 1; i >= 0; i--) {
      release(table.blocks[i], table.count);
    }
    table.count = 0;
    table.committed = 0;
    live.remove(table);
  }

  /** Evicts a block before its turn; does nothing if it is not CACHED. */
  public void giveUp(int block) {
    evictor.evictCached(block);
  }

  /** Evicts every CACHED block. */
  public void evictAll() {
    evictor.evictAll();
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    return new PoolIntegrity(this).violations();
  }

  /** Throws unless the table is this pool's. */
  public void requireOwn(BlockTable table) {
    if (table.pool != this) {
      throw new IllegalArgumentException("the table belongs to another pool");
    }
  }

  /** Throws unless the table is this pool's and empty. */
  public void requireEmpty(BlockTable table) {
    requireOwn(table);
    if (table.count != 0) {
      throw new IllegalStateException("the table holds " + table.count + " blocks already");
    }
  }

  private void requireRoom(BlockTable table, int count) {
    requireOwn(table);
    if (count < 0 || count > table.capacity() - table.count) {
      throw new IllegalStateException(
          "%d blocks more than the %d of a table for %d"
              .formatted(count, table.count, table.capacity()));
    }
  }

  private void release(int block, int tableBlocks) {
    meta.release(block, tableBlocks);
    if (meta.references[block] == 0) {
      owned--;
      if (meta.holds[block] > 0) {
        inFlight++;
      } else {
        unuse(block);
        if (meta.state(block) == BlockState.CACHED) {
          released.onCached(block);
        }
      }
    }
  }

  private void enter(int block, long hi, long lo, int saltTag) {
    if (index.putIfAbsent(hi, lo, block) == PrefixIndex.ABSENT) {
      meta.move(block, BlockState.REGISTERED);
      meta.hashHi[block] = hi;
      meta.hashLo[block] = lo;
      meta.saltTags[block] = saltTag;
    }
  }

  /** A block nobody referenced is used: a CACHED one, or a REGISTERED one in flight. */
  private void use(int block) {
    if (meta.state(block) != BlockState.REGISTERED) {
      meta.move(block, BlockState.REGISTERED);
      evictable.remove(block);
    }
  }

  /** Nobody uses a block any more. */
  private void unuse(int block) {
    if (meta.state(block) == BlockState.REGISTERED) {
      meta.move(block, BlockState.CACHED);
      evictable.add(block, meta.reaches[block]);
    } else {
      meta.move(block, BlockState.FREE);
      slots.free(block);
    }
  }

  private void append(BlockTable table, int block) {
    if (table.count == 0) {
      live.add(table);
    }
    table.blocks[table.count] = block;
    table.generations[table.count] = meta.generations[block];
    table.count++;
  }
}
