package io.kvasir.offload.store.file;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Hands out extents of an area of pages. The area is cut into slabs; a slab in use serves extents
 * of one size class, side by side from its first page; an empty one serves any.
 *
 * <pre>
 * area  | slab 0 | slab 1 | ... | last slab, perhaps shorter |
 * slab  | extent | extent | ... | rest smaller than an extent |
 * </pre>
 *
 * <p>If the area has room for every slot at its largest there is one class, the largest: then no
 * mixture of sizes can ever leave a slot without room. Otherwise classes are an eighth of a power
 * of two apart, so at most an eighth of an extent is wasted. Confined to its owner's lock.
 */
final class SlabSpace {
  private static final int ONE_BY_ONE = 8;

  private final int slabPages;
  private final int totalPages;
  private final int maxPages;
  private final boolean oneClass;

  /** Size class of each slab, pages; 0 if it is empty. */
  private final int[] slabClass;

  private final int[] used;
  private final long[][] taken;

  /**
   * An empty area.
   *
   * @param totalPages at least {@code maxPages}
   * @param slabPages a multiple of {@code maxPages}
   * @param maxPages the largest class
   * @param oneClass whether it is the only one
   */
  SlabSpace(int totalPages, int slabPages, int maxPages, boolean oneClass) {
    this.totalPages = totalPages;
    this.slabPages = slabPages;
    this.maxPages = maxPages;
    this.oneClass = oneClass;
    int slabs = Math.ceilDiv(totalPages, slabPages);
    slabClass = new int[slabs];
    used = new int[slabs];
    taken = new long[slabs][];
  }

  /** The class that serves extents of so many pages. */
  int classPages(int pages) {
    if (oneClass) {
      return maxPages;
    }
    if (pages <= ONE_BY_ONE) {
      return Math.min(pages, maxPages);
    }
    int step = Math.max(1, Integer.highestOneBit(pages - 1) / ONE_BY_ONE);
    return Math.min(Math.ceilDiv(pages, step) * step, maxPages);
  }

  /** Most extents of a class that can lie side by side. */
  int longestRun(int classPages) {
    return slabPages / classPages;
  }

  /**
   * Takes {@code count} extents side by side.
   *
   * @param classPages a class
   * @return the first page, or nothing if there is no such run
   */
  OptionalInt take(int classPages, int count) {
    int empty = -1;
    for (int slab = 0; slab < slabClass.length; slab++) {
      if (slabClass[slab] == classPages) {
        int first = findRun(slab, count);
        if (first >= 0) {
          return OptionalInt.of(mark(slab, first, count));
        }
      } else if (slabClass[slab] == 0 && empty < 0 && pagesOf(slab) / classPages >= count) {
        empty = slab;
      }
    }
    if (empty < 0) {
      return OptionalInt.empty();
    }
    assign(empty, classPages);
    return OptionalInt.of(mark(empty, 0, count));
  }

  /**
   * Takes one extent of any class that is large enough, the smallest first.
   *
   * @return a page whose class is {@link #classAt}, or nothing if the area is full
   */
  OptionalInt takeLarger(int classPages) {
    int best = -1;
    for (int slab = 0; slab < slabClass.length; slab++) {
      if (slabClass[slab] > classPages
          && used[slab] < extents(slab)
          && (best < 0 || slabClass[slab] < slabClass[best])) {
        best = slab;
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(mark(best, findRun(best, 1), 1));
  }

  /** Pages of the extent that starts at a page in use. */
  int classAt(int page) {
    return slabClass[page / slabPages];
  }

  /** Takes a given extent; false if it cannot be one, or a page of it is taken. */
  boolean claim(int page, int classPages) {
    if (page < 0 || page >= totalPages || classPages != classPages(classPages)) {
      return false;
    }
    int slab = page / slabPages;
    int within = page % slabPages;
    int extent = within / classPages;
    if (within % classPages != 0 || extent >= pagesOf(slab) / classPages) {
      return false;
    }
    if (slabClass[slab] == 0) {
      assign(slab, classPages);
    } else if (slabClass[slab] != classPages || isTaken(slab, extent)) {
      return false;
    }
    mark(slab, extent, 1);
    return true;
  }

  /** Gives an extent back. */
  void free(int page) {
    int slab = page / slabPages;
    int extent = page % slabPages / slabClass[slab];
    if (!isTaken(slab, extent)) {
      throw new IllegalStateException("extent at page " + page + " is not in use");
    }
    taken[slab][extent / Long.SIZE] &= ~(1L << extent);
    if (--used[slab] == 0) {
      slabClass[slab] = 0;
    }
  }

  private void assign(int slab, int classPages) {
    slabClass[slab] = classPages;
    int words = Math.ceilDiv(pagesOf(slab) / classPages, Long.SIZE);
    if (taken[slab] == null || taken[slab].length != words) {
      taken[slab] = new long[words];
    } else {
      Arrays.fill(taken[slab], 0);
    }
  }

  private int mark(int slab, int first, int count) {
    for (int i = first; i < first + count; i++) {
      taken[slab][i / Long.SIZE] |= 1L << i;
    }
    used[slab] += count;
    return slab * slabPages + first * slabClass[slab];
  }

  private int findRun(int slab, int count) {
    int extents = extents(slab);
    if (extents - used[slab] < count) {
      return -1;
    }
    int length = 0;
    for (int i = 0; i < extents; i++) {
      length = isTaken(slab, i) ? 0 : length + 1;
      if (length == count) {
        return i - count + 1;
      }
    }
    return -1;
  }

  private boolean isTaken(int slab, int extent) {
    return (taken[slab][extent / Long.SIZE] >>> extent & 1) != 0;
  }

  private int extents(int slab) {
    return pagesOf(slab) / slabClass[slab];
  }

  private int pagesOf(int slab) {
    return Math.min(slabPages, totalPages - slab * slabPages);
  }
}
