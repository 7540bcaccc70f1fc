package io.kvasir.kvpool.group;

/**
 * How many slots are set aside at a time for an owner's growth. An owner gets {@code initial} slots
 * beyond those it asks for; when they are used, as many as it holds, but at least {@code initial}
 * and at most {@code max}.
 *
 * @param initial slots, 1 to {@code max}
 * @param max slots, {@code initial} to {@value #LIMIT}
 */
public record GroupSizes(int initial, int max) {
  /** Bound of {@code max} in slots; the allocator keeps one list head for each. */
  public static final int LIMIT = 4096;

  /** Sizes for blocks of a few tens of tokens; docs/adr has the measurements. */
  public static final GroupSizes DEFAULT = new GroupSizes(16, 64);

  public GroupSizes {
    if (initial < 1 || initial > max || max > LIMIT) {
      throw new IllegalArgumentException(
          "group sizes must be 1 <= initial <= max <= %d, are initial %d and max %d"
              .formatted(LIMIT, initial, max));
    }
  }

  /** Slots to set aside for the growth of an owner that holds {@code taken}. */
  int growth(int taken) {
    return Math.clamp(taken, initial, max);
  }
}
