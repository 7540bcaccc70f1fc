package io.kvasir.offload.store.file;

import io.kvasir.offload.index.IndexEntry;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.RecordTransfer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where each slot's record lies in the file. Slots that are written together lie together if there
 * is room side by side. All methods are synchronized.
 */
final class ExtentMap {
  private static final int PAGE = RecordFormat.ALIGNMENT;

  private final FileLayout layout;
  private final SlabSpace space;
  private final int[] page;
  private final int[] pages;
  private final int[] length;

  ExtentMap(FileLayout layout) {
    this.layout = layout;
    space =
        new SlabSpace(
            layout.dataPages(), layout.slabPages(), layout.maxRecordPages(), layout.oneClass());
    page = new int[layout.slotCount()];
    pages = new int[layout.slotCount()];
    length = new int[layout.slotCount()];
  }

  /**
   * Takes the extents over that an index knows of; of entries that contradict each other the most
   * recently used one.
   *
   * @param fingerprint of the entries that may be taken
   * @return how many were rejected
   */
  synchronized int adopt(List<IndexEntry> known, long fingerprint) {
    List<IndexEntry> youngestFirst = new ArrayList<>(known);
    youngestFirst.sort((a, b) -> Long.compare(b.lastUseMillis(), a.lastUseMillis()));
    int rejected = 0;
    for (IndexEntry entry : youngestFirst) {
      if (entry.fingerprint() != fingerprint || !adopt(entry)) {
        rejected++;
      }
    }
    return rejected;
  }

  private boolean adopt(IndexEntry entry) {
    int slot = entry.slot();
    long offset = entry.extentOffset() - layout.dataOffset();
    if (slot < 0
        || slot >= page.length
        || pages[slot] != 0
        || entry.length() < 1
        || entry.length() > entry.extentBytes()
        || entry.extentBytes() % PAGE != 0
        || entry.extentBytes() > layout.maxRecordPages() * (long) PAGE
        || offset < 0
        || offset % PAGE != 0
        || offset / PAGE >= layout.dataPages()) {
      return false;
    }
    int first = (int) (offset / PAGE);
    int count = entry.extentBytes() / PAGE;
    if (!space.claim(first, count)) {
      return false;
    }
    page[slot] = first;
    pages[slot] = count;
    length[slot] = entry.length();
    return true;
  }

  /**
   * Gives the slots of a write new extents and forgets what they held.
   *
   * @return how many have one; the others, at the end or in between, answer {@code bytes() == 0}
   */
  synchronized int place(List<RecordTransfer> batch, int from, int to) {
    for (int i = from; i < to; i++) {
      release(batch.get(i).slot());
    }
    int placed = 0;
    int i = from;
    while (i < to) {
      int classPages = classOf(batch.get(i));
      int end = i + 1;
      while (end < to
          && batch.get(end).slot() == batch.get(end - 1).slot() + 1
          && classOf(batch.get(end)) == classPages) {
        end++;
      }
      placed += placeRun(batch, i, end, classPages);
      i = end;
    }
    return placed;
  }

  private int placeRun(List<RecordTransfer> batch, int from, int to, int classPages) {
    int placed = 0;
    int count = Math.min(to - from, space.longestRun(classPages));
    int i = from;
    while (i < to) {
      count = Math.min(count, to - i);
      OptionalInt first = space.take(classPages, count);
      if (first.isEmpty() && count > 1) {
        count = count / 2;
        continue;
      }
      if (first.isEmpty()) {
        first = space.takeLarger(classPages);
      }
      if (first.isEmpty()) {
        return placed;
      }
      int size = space.classAt(first.getAsInt());
      for (int k = 0; k < count; k++) {
        int slot = batch.get(i + k).slot();
        page[slot] = first.getAsInt() + k * size;
        pages[slot] = size;
      }
      placed += count;
      i += count;
    }
    return placed;
  }

  private int classOf(RecordTransfer transfer) {
    return space.classPages((int) (RecordFormat.roundUp(transfer.length()) / PAGE));
  }

  /** A slot's record was written. */
  synchronized void written(int slot, int bytes) {
    length[slot] = bytes;
  }

  /** Gives a slot's extent back, if it has one. */
  synchronized void release(int slot) {
    length[slot] = 0;
    if (pages[slot] != 0) {
      space.free(page[slot]);
      pages[slot] = 0;
    }
  }

  /** First byte of a slot's extent in the file. */
  synchronized long offset(int slot) {
    return layout.dataOffset() + (long) page[slot] * PAGE;
  }

  /** Bytes of a slot's extent; 0 if it has none. */
  synchronized int bytes(int slot) {
    return pages[slot] * PAGE;
  }

  /** Bytes of a slot's record; 0 if it has none. */
  synchronized int length(int slot) {
    return length[slot];
  }
}
