package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one block cost the scheduler, from its allocation to its release? Once without a hash
 * ({@code allocateFree}) and once with everything: evict another, register, release into the cache
 * ({@code recycle}). The baseline is {@link CollectionsPool}, the same in boxed collections.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockPoolBenchmark {
  private static final int BLOCKS = 16_384;
  private static final int REQUEST_BLOCKS = 64;
  private static final int BLOCK_TOKENS = 16;
  private static final int REQUEST_TOKENS = REQUEST_BLOCKS * BLOCK_TOKENS;

  /** Twice as many prompts as fit, served in turn: none is found again, each evicts another. */
  private static final int PROMPTS = 2 * BLOCKS / REQUEST_BLOCKS;

  private KvPool pool;
  private BlockTable table;
  private CollectionsPool naive;
  private HashChain[] chains;
  private int turn;

  /** Fills both pools with cached blocks, but for one request's. */
  @Setup(Level.Trial)
  public void fill() {
    pool = new KvPool(new KvPoolConfig(BLOCKS, BLOCK_TOKENS, REQUEST_BLOCKS, true));
    naive = new CollectionsPool(BLOCKS);
    table = pool.newTable();
    chains = new HashChain[PROMPTS];
    int[] tokens = new int[REQUEST_TOKENS];
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      chains[prompt] = new HashChain(REQUEST_BLOCKS);
      chains[prompt].reset(prompt, 0);
      chains[prompt].extend(tokens, REQUEST_TOKENS, BLOCK_TOKENS);
    }
    for (int prompt = 1; prompt < BLOCKS / REQUEST_BLOCKS; prompt++) {
      recycle();
      recycleBaseline();
    }
  }

  /** A request of 64 blocks comes and goes; the blocks are free before and after. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_BLOCKS)
  public Allocation allocateFree() {
    Allocation result = pool.grow(table, REQUEST_TOKENS, 0);
    pool.release(table);
    return result;
  }

  /** The same with an {@code ArrayDeque<Integer>} and an {@code ArrayList<Integer>}. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_BLOCKS)
  public int allocateFreeBaseline() {
    naive.allocate(REQUEST_BLOCKS);
    return naive.free();
  }

  /** A request of 64 blocks with a new prompt: match nothing, evict, commit, release. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_BLOCKS)
  public Allocation recycle() {
    HashChain chain = nextChain();
    Allocation result = pool.admit(table, chain, REQUEST_BLOCKS - 1, REQUEST_TOKENS, 0);
    pool.commit(table, chain, REQUEST_TOKENS);
    pool.release(table);
    return result;
  }

  /** The same with a {@code HashMap} from hash to block and a {@code LinkedHashMap} as LRU list. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_BLOCKS)
  public int recycleBaseline() {
    HashChain chain = nextChain();
    naive.allocate(REQUEST_BLOCKS);
    return naive.cache(chain);
  }

  private HashChain nextChain() {
    turn = (turn + 1) % PROMPTS;
    return chains[turn];
  }
}
