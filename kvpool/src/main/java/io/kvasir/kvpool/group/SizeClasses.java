package io.kvasir.kvpool.group;

/**
 * Sorts run lengths into classes: one class for each length below 16, then eight per power of two,
 * so that a class's longest run is less than an eighth longer than its shortest.
 *
 * <pre>
 *   length  1 .. 15   16,17  18,19  ..  30,31   32..35  ..  60..63   64..71 ..
 *   class   1 .. 15    16     17    ..   23       24    ..    31       32   ..
 * </pre>
 *
 * <p>The two-level segregated fit of Masmano, Ripoll, Crespo and Real, "TLSF: a new dynamic memory
 * allocator for real-time systems" (ECRTS 2004), with both levels in one number.
 */
final class SizeClasses {
  private static final int SUBCLASS_BITS = 3;

  /** Classes of all int lengths. */
  static final int COUNT = of(Integer.MAX_VALUE) + 1;

  private SizeClasses() {}

  /** The class of a length of at least 1. */
  static int of(int length) {
    int shift = shift(length);
    return (shift << SUBCLASS_BITS) + (length >>> shift);
  }

  /** The first class all of whose lengths are at least {@code length}; may be {@link #COUNT}. */
  static int covering(int length) {
    int sizeClass = of(length);
    return shortest(sizeClass) == length ? sizeClass : sizeClass + 1;
  }

  /** The shortest length of a class. */
  static int shortest(int sizeClass) {
    int shift = Math.max(0, (sizeClass >>> SUBCLASS_BITS) - 1);
    return (sizeClass - (shift << SUBCLASS_BITS)) << shift;
  }

  private static int shift(int length) {
    return Math.max(0, Integer.SIZE - 1 - SUBCLASS_BITS - Integer.numberOfLeadingZeros(length));
  }
}
