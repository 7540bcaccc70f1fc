package io.kvasir.kvpool;

/**
 * The answer to a request for blocks. Shortage is expected, so it is a result, not an exception.
 */
public sealed interface Allocation {

  /**
   * The table holds what was asked for.
   *
   * @param newBlocks blocks taken from the free and cached ones
   * @param sharedBlocks leading blocks found by their hashes; their KV exists already
   */
  record Granted(int newBlocks, int sharedBlocks) implements Allocation {}

  /**
   * Nothing was changed.
   *
   * @param missingBlocks how many more allocatable blocks would have sufficed, at least 1
   */
  record Insufficient(int missingBlocks) implements Allocation {}
}
