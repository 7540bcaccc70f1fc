package io.kvasir.loadtest.sim.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Blocks of the device and of host memory in the model of vLLM 0.3.3, by number: which blocks they
 * are does not matter to it. Host memory holds what was swapped out, what sessions left behind,
 * and, where copies are kept, what is on the device as well. Confined to one thread.
 */
final class VllmMemory {
  /** Share of the device's blocks that no request may enter into (vLLM's watermark). */
  private static final double WATERMARK = 0.01;

  private final int blockTokens;
  private final int deviceBlocks;
  private final int hostBlocks;
  private final int watermark;

  /** Tokens that idle sessions have in host memory, the longest idle first. */
  private final Map<String, Integer> parked = new LinkedHashMap<>();

  private int deviceFree;
  private int hostFree;

  VllmMemory(int blockTokens, int deviceBlocks, int hostBlocks) {
    this.blockTokens = blockTokens;
    this.deviceBlocks = deviceBlocks;
    this.hostBlocks = hostBlocks;
    watermark = (int) (WATERMARK * deviceBlocks);
    deviceFree = deviceBlocks;
    hostFree = hostBlocks;
  }

  int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockTokens);
  }

  /** Blocks before the one that token number {@code tokens} is written to. */
  int fullBlocks(int tokens) {
    return tokens / blockTokens;
  }

  int deviceFree() {
    return deviceFree;
  }

  int deviceBlocks() {
    return deviceBlocks;
  }

  /** Blocks that a request may enter into. */
  int enterable() {
    return deviceFree - watermark;
  }

  /** Blocks that a request enters with: all of its KV, and the token that comes next. */
  int entry(VllmSequence sequence) {
    return blocksFor(sequence.tokens + 1);
  }

  /** Lets a request have so many blocks in all. */
  void hold(VllmSequence sequence, int blocks) {
    deviceFree -= blocks - sequence.blocks;
    sequence.blocks = blocks;
    if (deviceFree < 0 || deviceFree > deviceBlocks) {
      throw new SimulationFailedException(deviceFree + " of " + deviceBlocks + " blocks free");
    }
  }

  /** Blocks in host memory are taken or, below 0, given back. */
  void takeHost(int blocks) {
    hostFree -= blocks;
    if (hostFree < 0 || hostFree > hostBlocks) {
      throw new SimulationFailedException(hostFree + " of " + hostBlocks + " host blocks free");
    }
  }

  /** A request's copy in host memory is given up. */
  void dropCopy(VllmSequence sequence) {
    takeHost(-blocksFor(sequence.hostTokens));
    sequence.hostTokens = 0;
  }

  /**
   * Makes room in host memory: first at the cost of copies of what is on the device, lowest
   * priority first, then of sessions, the longest idle first.
   *
   * @param residents on the device, highest priority first
   * @return whether there is room
   */
  boolean makeHostRoom(int blocks, VllmSequence keeper, Iterable<VllmSequence> residents) {
    if (hostFree >= blocks) {
      return true;
    }
    for (VllmSequence resident : residents) {
      if (resident != keeper && hostFree < blocks) {
        dropCopy(resident);
      }
    }
    Iterator<Integer> idle = parked.values().iterator();
    while (hostFree < blocks && idle.hasNext()) {
      takeHost(-blocksFor(idle.next()));
      idle.remove();
    }
    return hostFree >= blocks;
  }

  /** What a turn has in host memory is its session's from now on. */
  void park(String session, int tokens) {
    Integer before = parked.remove(session);
    if (before != null) {
      takeHost(-blocksFor(before));
    }
    parked.put(session, tokens);
  }

  /** Tokens that the session's last turn left; they are the caller's from now on. */
  int unpark(String session) {
    Integer tokens = parked.remove(session);
    return tokens == null ? 0 : tokens;
  }
}
