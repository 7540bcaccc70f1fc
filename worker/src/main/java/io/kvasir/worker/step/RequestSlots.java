package io.kvasir.worker.step;

import io.kvasir.worker.sample.SamplingParams;
import java.util.Arrays;

/**
 * What a worker knows of its requests, by slot. Arrays of a slot are kept when its request is
 * released and grow, by doubling, up to the model's context length: in the steady state nothing is
 * allocated. Checks nothing: {@link PlanValidator} comes first. Confined to the worker loop.
 */
final class RequestSlots {
  private static final int[] NONE = {};
  private static final int MIN_TOKENS = 64;
  private static final int MIN_BLOCKS = 8;

  private final int maxTokens;
  private final int maxBlocks;
  private final int blockTokens;

  private final SamplingParams[] sampling;
  private final int[] topCandidates;
  private final int[][] tokenIds;
  private final int[] tokenCount;
  private final int[] computedTokens;
  private final int[][] blockIds;
  private final int[] blockCount;

  /**
   * @param maxRequests slots
   * @param contextLength longest request, tokens; one more may be sampled but never computed
   * @param blockTokens tokens of one block
   */
  RequestSlots(int maxRequests, int contextLength, int blockTokens) {
    this.maxTokens = contextLength + 1;
    this.maxBlocks = Math.ceilDiv(contextLength, blockTokens);
    this.blockTokens = blockTokens;
    this.sampling = new SamplingParams[maxRequests];
    this.topCandidates = new int[maxRequests];
    this.tokenIds = new int[maxRequests][];
    this.tokenCount = new int[maxRequests];
    this.computedTokens = new int[maxRequests];
    this.blockIds = new int[maxRequests][];
    this.blockCount = new int[maxRequests];
    Arrays.fill(sampling, SamplingParams.GREEDY);
    Arrays.fill(tokenIds, NONE);
    Arrays.fill(blockIds, NONE);
  }

  int slotCount() {
    return tokenCount.length;
  }

  /** Blocks of a request of context length. */
  int maxBlocks() {
    return maxBlocks;
  }

  /** Every request has at least one token. */
  boolean occupied(int slot) {
    return tokenCount[slot] > 0;
  }

  int occupiedCount() {
    int occupied = 0;
    for (int count : tokenCount) {
      occupied += count > 0 ? 1 : 0;
    }
    return occupied;
  }

  /** The request's tokens; only the first {@link #tokenCount} count. */
  int[] tokenIds(int slot) {
    return tokenIds[slot];
  }

  int tokenCount(int slot) {
    return tokenCount[slot];
  }

  /** Tokens whose KV exists. */
  int computedTokens(int slot) {
    return computedTokens[slot];
  }

  /** The request's block table; only the first {@link #blockCount} count. */
  int[] blockIds(int slot) {
    return blockIds[slot];
  }

  int blockCount(int slot) {
    return blockCount[slot];
  }

  SamplingParams sampling(int slot) {
    return sampling[slot];
  }

  int topCandidates(int slot) {
    return topCandidates[slot];
  }

  void add(NewRequest request) {
    int slot = request.slot();
    sampling[slot] = request.sampling();
    topCandidates[slot] = request.topCandidates();
    int[] tokens = request.tokenIds();
    tokenIds[slot] = grown(tokenIds[slot], 0, tokens.length, MIN_TOKENS, maxTokens);
    System.arraycopy(tokens, 0, tokenIds[slot], 0, tokens.length);
    tokenCount[slot] = tokens.length;
    computedTokens[slot] = request.blockIds().length * blockTokens;
    blockCount[slot] = 0;
    appendBlocks(slot, request.blockIds());
  }

  void appendBlocks(int slot, int[] ids) {
    if (ids.length == 0) {
      return;
    }
    int count = blockCount[slot];
    blockIds[slot] = grown(blockIds[slot], count, count + ids.length, MIN_BLOCKS, maxBlocks);
    System.arraycopy(ids, 0, blockIds[slot], count, ids.length);
    blockCount[slot] = count + ids.length;
  }

  /** Appends the {@code i}-th scheduled request's new blocks. */
  void appendBlocks(int slot, ScheduledRequests scheduled, int i) {
    int added = scheduled.newBlockCount(i);
    if (added == 0) {
      return;
    }
    int count = blockCount[slot];
    blockIds[slot] = grown(blockIds[slot], count, count + added, MIN_BLOCKS, maxBlocks);
    for (int n = 0; n < added; n++) {
      blockIds[slot][count + n] = scheduled.newBlockId(i, n);
    }
    blockCount[slot] = count + added;
  }

  void appendToken(int slot, int tokenId) {
    int count = tokenCount[slot];
    tokenIds[slot] = grown(tokenIds[slot], count, count + 1, MIN_TOKENS, maxTokens);
    tokenIds[slot][count] = tokenId;
    tokenCount[slot] = count + 1;
  }

  /** Copies may have brought the KV of some tokens. */
  void restored(int slot, int tokens) {
    computedTokens[slot] = tokens;
  }

  void advance(int slot, int tokens) {
    computedTokens[slot] += tokens;
  }

  /** Forgets the request; a free slot stays free. */
  void release(int slot) {
    tokenCount[slot] = 0;
    computedTokens[slot] = 0;
    blockCount[slot] = 0;
    sampling[slot] = SamplingParams.GREEDY;
  }

  void releaseAll() {
    for (int slot = 0; slot < slotCount(); slot++) {
      release(slot);
    }
  }

  private static int[] grown(int[] array, int used, int needed, int min, int max) {
    if (needed <= array.length) {
      return array;
    }
    int capacity = Math.max(needed, Math.min(max, Math.max(min, 2 * array.length)));
    int[] larger = new int[capacity];
    System.arraycopy(array, 0, larger, 0, used);
    return larger;
  }
}
