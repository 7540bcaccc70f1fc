package io.kvasir.offload.copy;

import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out copy jobs between the device arena and the tiers below it.
 *
 * <pre>
 * submit ─▶ queue of one direction of one tier ─▶ its copy thread ─▶ BlockStore.load or store
 *           LOAD: read   STORE: write                   │
 *           MOVE: read, then staging memory ────────────┴─▶ queue of the other tier's write
 *           PROBE: a queue of its own per shared server ─▶ BlockStore.probe
 * </pre>
 *
 * Every direction of every tier has its own bounded queue, threads and meter, so both directions,
 * and all tiers, run at once. Which job goes first, and why none starves, says {@link CopyQueue}: a
 * job is carried in pieces, and entries that are neighbours in memory and in the tier lie side by
 * side in one store call, so that the store can move them as one run.
 *
 * <p>A move never keeps a load waiting: it is begun only when staging memory is free, and the
 * thread that read a piece hands it to the writing side instead of waiting for it. Writing needs
 * nothing but the store, so staging memory always becomes free again and nothing can deadlock.
 *
 * <p>A job that finds no room in its queue comes back with every block CANCELLED and the failure
 * "queue full". A store that throws makes its blocks FAILED; the engine lives on.
 *
 * <p>Any thread may call. {@link #submit} and {@link #cancel} wait for nothing but a short lock.
 * Listeners hear on copy threads, several at a time, never inside a call of theirs; all accesses to
 * the job's blocks happen before. Memory is bounded by the queues, the staging memory, and the
 * results that no listener has taken yet.
 */
public final class CopyEngine implements BlockCopier {
  private static final Logger log = LoggerFactory.getLogger(CopyEngine.class);

  /** Hashes that one question to a shared server carries at most. */
  private static final int PROBE_PIECE_BLOCKS = 1024;

  private final List<BlockStore> stores;
  private final List<TierSpec> specs;
  private final JobCheck jobCheck;
  private final List<@Nullable StagingPool> staging = new ArrayList<>();
  private final CopyResults results;
  private final CopyBoard board;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Starts the copy threads.
   *
   * @param deviceArena holds the blocks as {@code layout} says; not closed here
   * @param layout where a block lies
   * @param blockCount blocks of the device arena, at least 1
   * @param tiers fastest first, at least one; the engine owns and closes them
   * @param config limits
   * @throws IllegalArgumentException naming what is too small
   */
  public CopyEngine(
      MemorySegment deviceArena,
      BlockLayout layout,
      int blockCount,
      List<BlockStore> tiers,
      CopyEngineConfig config) {
    this(deviceArena, layout, blockCount, tiers, config, System::nanoTime);
  }

  /** The same, measuring with another clock. */
  public CopyEngine(
      MemorySegment deviceArena,
      BlockLayout layout,
      int blockCount,
      List<BlockStore> tiers,
      CopyEngineConfig config,
      LongSupplier nanoClock) {
    if (blockCount < 1 || deviceArena.byteSize() < layout.arenaBytes(blockCount)) {
      throw new IllegalArgumentException(
          "blockCount must be 1 to what fits into %d bytes, is %d"
              .formatted(deviceArena.byteSize(), blockCount));
    }
    if (tiers.isEmpty()) {
      throw new IllegalArgumentException("tiers must not be empty");
    }
    stores = List.copyOf(tiers);
    specs = stores.stream().map(BlockStore::spec).toList();
    jobCheck = new JobCheck(specs, blockCount, layout.geometry().blockTokens());
    ReentrantLock lock = new ReentrantLock();
    results = new CopyResults(lock);
    board = new CopyBoard(lock, nanoClock, results);
    List<CopyLink> links = connect(lock, config, layout.geometry().blockBytes());
    for (CopyLink link : links) {
      for (int i = 0; i < config.threads(); i++) {
        StoreCall call = new StoreCall(deviceArena, layout, nanoClock);
        threads.add(newThread("copy-" + link + "-" + i, () -> carryAll(link, call)));
      }
    }
    threads.add(newThread("copy-results", results::run));
    threads.forEach(Thread::start);
    log.info("copy engine: {}, {}", specs, config);
  }

  private List<CopyLink> connect(ReentrantLock lock, CopyEngineConfig config, long blockBytes) {
    List<CopyLink> reads = new ArrayList<>();
    List<CopyLink> writes = new ArrayList<>();
    Map<Integer, CopyLink> asks = new TreeMap<>();
    for (int tier = 0; tier < stores.size(); tier++) {
      boolean lowest = tier == stores.size() - 1;
      StagingPool pool =
          lowest
              ? null
              : new StagingPool(
                  "staging of " + specs.get(tier).name(),
                  config.stagingPieces(),
                  config.pieceBlocksMax(),
                  blockBytes);
      staging.add(pool);
      BlockStore store = stores.get(tier);
      reads.add(new CopyLink(tier, store, LinkDirection.READ, config, pool, lock.newCondition()));
      writes.add(new CopyLink(tier, store, LinkDirection.WRITE, config, null, lock.newCondition()));
      if (specs.get(tier).kind() == TierKind.REMOTE) {
        CopyEngineConfig questions = config.withPieceBlocks(PROBE_PIECE_BLOCKS);
        asks.put(
            tier,
            new CopyLink(tier, store, LinkDirection.ASK, questions, null, lock.newCondition()));
      }
    }
    board.connect(reads, writes, asks);
    List<CopyLink> links = new ArrayList<>(reads);
    links.addAll(writes);
    links.addAll(asks.values());
    return links;
  }

  private static Thread newThread(String name, Runnable body) {
    return Thread.ofPlatform().name(name).daemon().unstarted(body);
  }

  private void carryAll(CopyLink link, StoreCall call) {
    for (Piece piece = board.next(link); piece != null; piece = board.next(link)) {
      call.carry(link, piece);
      board.settle(link, piece, call).forEach(results::tell);
    }
  }

  @Override
  public List<TierSpec> tiers() {
    return specs;
  }

  @Override
  public void listen(CopyListener listener) {
    results.listen(listener);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also if a job of that id is under way
   * @throws IllegalStateException if nobody listens, or after {@link #close}
   */
  @Override
  public void submit(CopyJob job) {
    jobCheck.check(job);
    if (!results.hasListener()) {
      throw new IllegalStateException("nobody listens to results");
    }
    board.submit(job);
  }

  /** {@inheritDoc} A piece that has begun finishes; an unknown id is no error. */
  @Override
  public void cancel(long jobId) {
    board.cancel(jobId);
  }

  /**
   * {@inheritDoc} It waits for what was submitted before the call.
   *
   * @throws IllegalStateException on a copy thread, which would wait for itself
   */
  @Override
  public void drain() {
    requireOtherThread();
    board.drain();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if something is under way
   */
  @Override
  public void inventory(Consumer<StoredBlock> found) {
    board.requireIdle();
    for (int tier = 0; tier < stores.size(); tier++) {
      stores.get(tier).inventory(tier, found);
    }
  }

  /** What every link has done: tier by tier, its reads before its writes. */
  public List<LinkStats> stats() {
    return board.stats();
  }

  /** Drains, ends the threads and closes the tiers; a second call does nothing. */
  @Override
  public void close() {
    requireOtherThread();
    if (!board.close()) {
      return;
    }
    threads.forEach(CopyEngine::join);
    RuntimeException failure = null;
    for (BlockStore store : stores) {
      try {
        store.close();
      } catch (RuntimeException e) {
        log.error("tier {} did not close", store.spec().name(), e);
        failure = e;
      }
    }
    for (StagingPool pool : staging) {
      if (pool != null) {
        pool.close();
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void requireOtherThread() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("a copy thread cannot wait for the copies to end");
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
