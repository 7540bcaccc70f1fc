package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.NaivePrefixIndex;
import io.kvasir.kvpool.prefix.PrefixIndex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 * What does prefix sharing cost per block: to hash 16 tokens, and to find one of 64 leading blocks
 * among 16,384 registered ones? The baselines are SHA-256 and a {@code HashMap} of records.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PrefixBenchmark {
  private static final int BLOCKS = 16_384;
  private static final int PROMPT_BLOCKS = 64;
  private static final int BLOCK_TOKENS = 16;
  private static final int PROMPT_TOKENS = PROMPT_BLOCKS * BLOCK_TOKENS;
  private static final int PROMPTS = BLOCKS / PROMPT_BLOCKS;

  private final int[] tokens = new int[PROMPT_TOKENS];
  private final HashChain scratch = new HashChain(PROMPT_BLOCKS);
  private final HashChain[] chains = new HashChain[PROMPTS];
  private final PrefixIndex naive = new NaivePrefixIndex();
  private final ByteBuffer message =
      ByteBuffer.allocate(32 + Integer.BYTES * BLOCK_TOKENS).order(ByteOrder.LITTLE_ENDIAN);
  private KvPool pool;
  private MessageDigest sha256;
  private int turn;

  /** Registers every block of the pool under its hash, in the pool and in the naive index. */
  @Setup(Level.Trial)
  public void register() throws NoSuchAlgorithmException {
    sha256 = MessageDigest.getInstance("SHA-256");
    pool = new KvPool(new KvPoolConfig(BLOCKS, BLOCK_TOKENS, PROMPT_BLOCKS, true));
    BlockTable table = pool.newTable();
    for (int i = 0; i < PROMPT_TOKENS; i++) {
      tokens[i] = 31 * i % 32_000;
    }
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      HashChain chain = new HashChain(PROMPT_BLOCKS);
      chain.reset(prompt, 0);
      chain.extend(tokens, PROMPT_TOKENS, BLOCK_TOKENS);
      chains[prompt] = chain;
      pool.admit(table, chain, 0, PROMPT_TOKENS, 0);
      pool.commit(table, chain, PROMPT_TOKENS);
      for (int i = 0; i < PROMPT_BLOCKS; i++) {
        naive.putIfAbsent(chain.hi(i), chain.lo(i), table.blockId(i));
      }
      pool.release(table);
    }
  }

  /** Hashes a prompt of 64 blocks; per block. */
  @Benchmark
  @OperationsPerInvocation(PROMPT_BLOCKS)
  public long hash() {
    scratch.reset(turn++, 0);
    scratch.extend(tokens, PROMPT_TOKENS, BLOCK_TOKENS);
    return scratch.lo(PROMPT_BLOCKS - 1);
  }

  /** The same with SHA-256 over the parent's hash and the tokens. */
  @Benchmark
  @OperationsPerInvocation(PROMPT_BLOCKS)
  public byte[] hashBaseline() {
    byte[] hash = new byte[32];
    hash[0] = (byte) turn++;
    for (int block = 0; block < PROMPT_BLOCKS; block++) {
      message.clear().put(hash);
      for (int i = 0; i < BLOCK_TOKENS; i++) {
        message.putInt(tokens[block * BLOCK_TOKENS + i]);
      }
      hash = sha256.digest(message.array());
    }
    return hash;
  }

  /** Matches a prompt whose 64 blocks are all registered; per block. */
  @Benchmark
  @OperationsPerInvocation(PROMPT_BLOCKS)
  public int match() {
    return pool.matchPrefix(nextChain(), PROMPT_BLOCKS);
  }

  /** The same with the naive index. */
  @Benchmark
  @OperationsPerInvocation(PROMPT_BLOCKS)
  public int matchBaseline() {
    HashChain chain = nextChain();
    int matched = 0;
    while (matched < PROMPT_BLOCKS
        && naive.find(chain.hi(matched), chain.lo(matched)) != PrefixIndex.ABSENT) {
      matched++;
    }
    return matched;
  }

  private HashChain nextChain() {
    turn = (turn + 1) % PROMPTS;
    return chains[turn];
  }
}
