package io.kvasir.worker.runner.hash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.worker.memory.KvArena;
import io.kvasir.worker.runner.BatchCheck;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The hash oracle: a model whose next token is a hash of all KV it reads through the block table. A
 * wrong, stale, unwritten or wrongly shared block changes the output, so every workload that knows
 * {@link #expected} checks the memory management under it.
 *
 * <p>The KV of position p is K = hash(K of p - 1, token, p) and V = hash(K, token), 8 bytes each,
 * in real off-heap blocks. K of p - 1 is read from the arena, too. For every sampled token the KV
 * of all positions is read through the block table, in order. The logits are {@link #PEAK} for the
 * next token and 0 for all others, so that every sampling parameter leads to the same token.
 *
 * <p>Confined to the worker loop.
 */
public final class HashModelRunner implements ModelRunner {
  /** Token ids below this one are never the next token: unknown, begin and end of text. */
  public static final int RESERVED_IDS = 3;

  /** Logit of the next token. */
  public static final float PEAK = 1e6f;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

  private final HashRunnerConfig config;
  private final KvArena arena;
  private final MemorySegment memory;
  private final BlockLayout layout;
  private final int blockTokens;

  public HashModelRunner(HashRunnerConfig config) {
    this.config = config;
    blockTokens = config.blockTokens();
    arena = new KvArena(new BlockGeometry(1, 1, 1, Long.BYTES, blockTokens), config.blockCount());
    memory = arena.segment();
    layout = arena.layout();
  }

  /**
   * The tokens that follow a prompt, computed without blocks.
   *
   * @param prompt at least one token
   * @param count tokens wanted
   * @param vocabularySize of the runner
   */
  public static int[] expected(int[] prompt, int count, int vocabularySize) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + count);
    long key = KvHash.ROOT;
    long digest = KvHash.ROOT;
    for (int p = 0; p < tokens.length; p++) {
      if (p >= prompt.length) {
        tokens[p] = KvHash.nextToken(digest, vocabularySize);
      }
      key = KvHash.key(key, tokens[p], p);
      digest = KvHash.absorb(digest, key, KvHash.value(key, tokens[p]));
    }
    return Arrays.copyOfRange(tokens, prompt.length, tokens.length);
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    BatchCheck.check(this, sequences, logits);
    for (BatchSequence sequence : sequences) {
      writeKv(sequence);
    }
    // All writes come first: a block written by two sequences spoils both.
    int row = 0;
    for (BatchSequence sequence : sequences) {
      if (sequence.sample()) {
        int next = KvHash.nextToken(digest(sequence), config.vocabularySize());
        Arrays.fill(logits[row], 0, config.vocabularySize(), 0f);
        logits[row++][next] = PEAK;
      }
    }
  }

  private void writeKv(BatchSequence sequence) {
    int[] blockIds = sequence.blockIds();
    int start = sequence.start();
    long key = start == 0 ? KvHash.ROOT : memory.get(WORD, keyOffset(blockIds, start - 1));
    for (int p = start; p < start + sequence.count(); p++) {
      int token = sequence.tokenIds()[p];
      key = KvHash.key(key, token, p);
      memory.set(WORD, keyOffset(blockIds, p), key);
      memory.set(WORD, valueOffset(blockIds, p), KvHash.value(key, token));
    }
  }

  private long digest(BatchSequence sequence) {
    int[] blockIds = sequence.blockIds();
    long digest = KvHash.ROOT;
    for (int p = 0; p < sequence.start() + sequence.count(); p++) {
      long key = memory.get(WORD, keyOffset(blockIds, p));
      long value = memory.get(WORD, valueOffset(blockIds, p));
      digest = KvHash.absorb(digest, key, value);
    }
    return digest;
  }

  private long keyOffset(int[] blockIds, int position) {
    return layout.keyOffset(blockIds[position / blockTokens], 0, 0, position % blockTokens, 0);
  }

  private long valueOffset(int[] blockIds, int position) {
    return layout.valueOffset(blockIds[position / blockTokens], 0, 0, position % blockTokens, 0);
  }

  @Override
  public String modelName() {
    return "hash-oracle";
  }

  @Override
  public String modelFingerprint() {
    String identity =
        "kvasir hash oracle 1, vocabulary %d, context %d"
            .formatted(config.vocabularySize(), config.contextLength());
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public int vocabularySize() {
    return config.vocabularySize();
  }

  @Override
  public int contextLength() {
    return config.contextLength();
  }

  @Override
  public int maxBatchTokens() {
    return config.maxBatchTokens();
  }

  @Override
  public BlockGeometry geometry() {
    return arena.geometry();
  }

  /** The memory of its KV blocks. */
  public KvArena arena() {
    return arena;
  }

  @Override
  public int blockCount() {
    return arena.blockCount();
  }

  @Override
  public void close() {
    arena.close();
  }
}
