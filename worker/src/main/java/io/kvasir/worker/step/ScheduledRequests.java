package io.kvasir.worker.step;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Who runs in a step, in columns: rows are appended, read by index and cleared without making an
 * object for each. As a list its elements are copies made when asked for, which is for tests and
 * reports; loops that run in every step read columns. Belongs to its {@link StepPlan}.
 *
 * <pre>
 *   row          0         1     2
 *   slot         4         0     7
 *   blocksEnd    2         2     3
 *                ▼         ▼     ▼
 *   blockIds   [ 31 32 ] [   ] [ 9 ]
 * </pre>
 */
public final class ScheduledRequests extends AbstractList<ScheduledRequest>
    implements RandomAccess {
  private int size;
  private int[] slots;
  private int[] computedTokens;
  private int[] tokenCounts;
  private boolean[] samples;
  private int[] blocksEnd;
  private int[] blockIds;

  /** Nobody; there is room for so many before arrays must grow. */
  ScheduledRequests(int room) {
    slots = new int[room];
    computedTokens = new int[room];
    tokenCounts = new int[room];
    samples = new boolean[room];
    blocksEnd = new int[room];
    blockIds = new int[room];
  }

  static ScheduledRequests copyOf(List<ScheduledRequest> requests) {
    ScheduledRequests copy = new ScheduledRequests(requests.size());
    for (ScheduledRequest request : requests) {
      copy.append(request.slot(), request.computedTokens(), request.tokenCount(), request.sample());
      for (int id : request.newBlockIds()) {
        copy.appendBlock(id);
      }
    }
    return copy;
  }

  /** Appends a request without new blocks; see {@link ScheduledRequest}. */
  public void append(int slot, int computed, int tokens, boolean sample) {
    if (size == slots.length) {
      grow();
    }
    slots[size] = slot;
    computedTokens[size] = computed;
    tokenCounts[size] = tokens;
    samples[size] = sample;
    blocksEnd[size] = size == 0 ? 0 : blocksEnd[size - 1];
    size++;
  }

  /** Appends a new block to the request that was appended last. */
  public void appendBlock(int blockId) {
    int end = blocksEnd[size - 1]++;
    if (end == blockIds.length) {
      blockIds = Arrays.copyOf(blockIds, Math.max(16, 2 * end));
    }
    blockIds[end] = blockId;
  }

  @Override
  public void clear() {
    size = 0;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public ScheduledRequest get(int i) {
    Objects.checkIndex(i, size);
    int[] blocks = Arrays.copyOfRange(blockIds, blocksBegin(i), blocksEnd[i]);
    return new ScheduledRequest(slots[i], computedTokens[i], tokenCounts[i], blocks, samples[i]);
  }

  /** Whose. */
  public int slot(int i) {
    return slots[Objects.checkIndex(i, size)];
  }

  /** Tokens whose KV exists before this step. */
  public int computedTokens(int i) {
    return computedTokens[Objects.checkIndex(i, size)];
  }

  /** Tokens to compute. */
  public int tokenCount(int i) {
    return tokenCounts[Objects.checkIndex(i, size)];
  }

  /** Whether the next token is sampled. */
  public boolean sample(int i) {
    return samples[Objects.checkIndex(i, size)];
  }

  /** Blocks appended to its table. */
  public int newBlockCount(int i) {
    return blocksEnd[Objects.checkIndex(i, size)] - blocksBegin(i);
  }

  /** The {@code n}-th of them, from 0. */
  public int newBlockId(int i, int n) {
    return blockIds[blocksBegin(i) + Objects.checkIndex(n, newBlockCount(i))];
  }

  private int blocksBegin(int i) {
    return i == 0 ? 0 : blocksEnd[i - 1];
  }

  private void grow() {
    int room = Math.max(16, 2 * size);
    slots = Arrays.copyOf(slots, room);
    computedTokens = Arrays.copyOf(computedTokens, room);
    tokenCounts = Arrays.copyOf(tokenCounts, room);
    samples = Arrays.copyOf(samples, room);
    blocksEnd = Arrays.copyOf(blocksEnd, room);
  }
}
