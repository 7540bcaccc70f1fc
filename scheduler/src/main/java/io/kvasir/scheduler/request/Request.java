package io.kvasir.scheduler.request;

import io.kvasir.scheduler.tenant.Tenant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One generation: its tokens, how far they are computed, and what it holds. Confined to the
 * scheduler loop.
 *
 * <pre>
 *   0 ........ computed ........ planned ........ known ........ limit
 *   | KV exists | in flight       | to be planned  | not sampled yet
 * </pre>
 *
 * <p>A sample in flight counts as one more known token whose value is not known yet. A step moves
 * {@link #plannedTokens} when it is planned and {@link #computedTokens} when its result is applied;
 * there is no prefill or decode phase, only {@link #tokensBehind}.
 */
public final class Request {
  /** Slot of a request that has none. */
  public static final int NO_SLOT = -1;

  private final RequestSpec spec;
  private final Tenant tenant;
  private final OutputText output;
  private final RequestListener listener;
  private final long arrival;
  private final int tokenLimit;
  private final RequestTimes times;

  private RequestState state = RequestState.WAITING;
  private int[] tokenIds;
  private int tokenCount;
  private int computedTokens;
  private int plannedTokens;
  private int samplesInFlight;
  private int mostComputedTokens;

  private int slot = NO_SLOT;
  private int blocksSent;
  private int admissions;
  private boolean introduced;
  private final RequestSwap swap = new RequestSwap();
  private @Nullable RequestBlocks blocks;
  private final RequestPlace place = new RequestPlace();

  /** Request number {@code arrival} in the order of acceptance. */
  public Request(
      RequestSpec spec, Tenant tenant, OutputText output, RequestListener listener, long arrival) {
    this.spec = spec;
    this.tenant = tenant;
    this.output = output;
    this.listener = listener;
    this.arrival = arrival;
    this.tokenIds = spec.promptTokenIds();
    this.tokenCount = tokenIds.length;
    this.tokenLimit = Math.addExact(tokenCount, spec.maxTokens());
    this.times = new RequestTimes(spec.arrivalNanos());
  }

  /** It gets blocks and a slot; the KV of its first {@code sharedTokens} tokens exists. */
  public void admit(int slot, int sharedBlocks, int sharedTokens, long now) {
    become(RequestState.RUNNING);
    this.slot = slot;
    blocksSent = sharedBlocks;
    computedTokens = sharedTokens;
    plannedTokens = sharedTokens;
    if (admissions == 0) {
      // The prompt's array belongs to the spec; from here on tokens are appended.
      tokenIds = Arrays.copyOf(tokenIds, tokenLimit);
      int blockTokens = sharedBlocks == 0 ? 0 : sharedTokens / sharedBlocks;
      swap.prefetch().found(sharedBlocks, blockTokens, swap.hits());
      times.scheduled(now);
    }
    admissions++;
    place.admitted(completionTokens());
    mostComputedTokens = Math.max(mostComputedTokens, sharedTokens);
  }

  /** {@code tokens} tokens' KV exists, the last {@code brought} of them were copied. */
  public void restored(int tokens, int brought) {
    swap.brought(brought);
    computedTokens = tokens;
    plannedTokens = tokens;
    mostComputedTokens = Math.max(mostComputedTokens, tokens);
  }

  /** The next {@code count} tokens are in a plan, with all blocks the request holds. */
  public void planned(int count, boolean sample, int blocksHeld) {
    plannedTokens += count;
    samplesInFlight += sample ? 1 : 0;
    blocksSent = blocksHeld;
    introduced = true;
  }

  /** The KV of the next {@code count} tokens exists; returns how many of them existed before. */
  public int computed(int count) {
    int before = computedTokens;
    computedTokens += count;
    int again = Math.max(0, Math.min(computedTokens, mostComputedTokens) - before);
    mostComputedTokens = Math.max(mostComputedTokens, computedTokens);
    times.computedAgain(again);
    return again;
  }

  /** A sample is no longer in flight, whether or not its token counts. */
  public void sampleArrived() {
    samplesInFlight--;
  }

  /** A generated token is known. */
  public void append(int tokenId, long now) {
    if (state == RequestState.RUNNING) {
      times.endsStall(now);
    }
    // Whoever samples has computed the prompt, though its blocks may have been lost meanwhile.
    mostComputedTokens = Math.max(mostComputedTokens, promptTokens());
    tokenIds[tokenCount++] = tokenId;
    times.token(now);
  }

  /** Its blocks and slot are gone; its KV is loaded or computed again. */
  public void preempt(long now) {
    times.preempted();
    loseMemory(now);
  }

  /** Its worker is gone and with it blocks, slot and whatever was in flight. */
  public void loseWorker(long now) {
    samplesInFlight = 0;
    swap.loseWorker();
    blocks = null;
    if (state == RequestState.RUNNING) {
      loseMemory(now);
    }
  }

  private void loseMemory(long now) {
    times.stalls(now);
    become(RequestState.PREEMPTED);
    slot = NO_SLOT;
    introduced = false;
    swap.endRestore();
    blocksSent = 0;
    computedTokens = 0;
    plannedTokens = 0;
  }

  /** It is over and holds nothing. */
  public void finish(long now) {
    become(RequestState.FINISHED);
    slot = NO_SLOT;
    times.finished(now);
  }

  private void become(RequestState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(
          "request " + spec.requestId() + " cannot go from " + state + " to " + next);
    }
    state = next;
  }

  public RequestSpec spec() {
    return spec;
  }

  /** Who pays. */
  public Tenant tenant() {
    return tenant;
  }

  /** Where it stands in the queues. */
  public RequestPlace place() {
    return place;
  }

  public OutputText output() {
    return output;
  }

  public RequestListener listener() {
    return listener;
  }

  /** Its number in the order of acceptance. */
  public long arrival() {
    return arrival;
  }

  public RequestState state() {
    return state;
  }

  /** Its tokens; only the first {@link #tokenCount} count. */
  public int[] tokenIds() {
    return tokenIds;
  }

  /** Known tokens: prompt and generated. */
  public int tokenCount() {
    return tokenCount;
  }

  public int promptTokens() {
    return spec.promptTokenIds().length;
  }

  /** Known tokens that were generated. */
  public int completionTokens() {
    return tokenCount - promptTokens();
  }

  /** Most tokens it may have, prompt and generated. */
  public int tokenLimit() {
    return tokenLimit;
  }

  /** Tokens whose KV exists. */
  public int computedTokens() {
    return computedTokens;
  }

  /** Tokens whose KV exists once every step in flight is done. */
  public int plannedTokens() {
    return plannedTokens;
  }

  /** Most tokens whose KV existed at any time: beyond these nothing is computed again. */
  public int mostComputedTokens() {
    return mostComputedTokens;
  }

  /** Samples planned and not arrived. */
  public int samplesInFlight() {
    return samplesInFlight;
  }

  /** Tokens known once every step in flight is done. */
  public int expectedTokens() {
    return tokenCount + samplesInFlight;
  }

  /**
   * Tokens to plan: 0 once the last token it may have is in flight, or while it waits for a
   * restore, 1 while it decodes.
   */
  public int tokensBehind() {
    int expected = tokenCount + samplesInFlight;
    return expected >= tokenLimit ? 0 : swap.plannable(expected) - plannedTokens;
  }

  /** What lower tiers keep of it and bring back. */
  public RequestSwap swap() {
    return swap;
  }

  /** Whether the worker knows it since its last admission. */
  public boolean introduced() {
    return introduced;
  }

  public int slot() {
    return slot;
  }

  /** Blocks of its table that the worker knows. */
  public int blocksSent() {
    return blocksSent;
  }

  /** How often it was admitted. */
  public int admissions() {
    return admissions;
  }

  /** Prompt tokens found in the cache at its first admission. */
  public int cachedTokens() {
    return swap.hits().tokens();
  }

  public @Nullable RequestBlocks blocks() {
    return blocks;
  }

  /** Lends it a table and a chain, or takes them back. */
  public void setBlocks(@Nullable RequestBlocks blocks) {
    this.blocks = blocks;
  }

  public RequestTimes times() {
    return times;
  }

  @Override
  public String toString() {
    return RequestText.of(this);
  }
}
