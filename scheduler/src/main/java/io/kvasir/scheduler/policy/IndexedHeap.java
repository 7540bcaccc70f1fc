package io.kvasir.scheduler.policy;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A heap of four children per node whose elements know their places, so that any of them can be
 * removed or get another key in O(log n). The smallest key is first; among equal keys, the smallest
 * tie. Confined to the scheduler loop.
 *
 * <p>Keys lie beside the elements in arrays of their own: the children of a node are compared
 * within one cache line, and elements are touched only where they move. Allocates only when it
 * grows.
 */
final class IndexedHeap<T extends HeapNode> {
  private static final int MIN_CAPACITY = 4;
  private static final int CHILDREN = 4;

  private final int lane;
  private @Nullable HeapNode[] nodes = new HeapNode[MIN_CAPACITY];
  private long[] keys = new long[MIN_CAPACITY];
  private long[] ties = new long[MIN_CAPACITY];
  private int size;

  /**
   * An empty heap.
   *
   * @param lane 0 or 1; an element is in at most one heap of each lane
   */
  IndexedHeap(int lane) {
    this.lane = lane;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The element with the smallest key; the heap must not be empty. */
  T first() {
    return get(0);
  }

  /** The smallest key; the heap must not be empty. */
  long firstKey() {
    return keys[0];
  }

  /** The one that would be first without the first; null if there is none. */
  @Nullable T second() {
    return size < 2 ? null : get(leastChild(0));
  }

  /** The element at a place. */
  @SuppressWarnings("unchecked") // only add puts elements in
  T get(int place) {
    HeapNode node = place < size ? nodes[place] : null;
    if (node == null) {
      throw new IndexOutOfBoundsException("element " + place + " of " + size);
    }
    return (T) node;
  }

  /** Whether the element is in this heap. */
  boolean contains(T element) {
    int place = element.place(lane);
    return place >= 0 && place < size && element.equals(nodes[place]);
  }

  /** The key of an element that is in it. */
  long keyOf(T element) {
    return keys[placeOf(element)];
  }

  /** Puts in an element that is in no heap of this lane. */
  void add(T element, long key, long tie) {
    if (element.place(lane) >= 0) {
      throw new IllegalStateException("is in a heap already: " + element);
    }
    if (size == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * size);
      keys = Arrays.copyOf(keys, 2 * size);
      ties = Arrays.copyOf(ties, 2 * size);
    }
    size++;
    up(size - 1, element, key, tie);
  }

  /**
   * Takes an element out.
   *
   * @throws IllegalStateException if it is not here
   */
  void remove(T element) {
    int place = placeOf(element);
    element.leave(lane);
    size--;
    HeapNode last = nodes[size];
    nodes[size] = null;
    if (last != null && place < size) {
      settle(place, last, keys[size], ties[size]);
    }
  }

  /** Gives an element that is in it another key. */
  void update(T element, long key) {
    int place = placeOf(element);
    settle(place, element, key, ties[place]);
  }

  /** Gives an element that is in it another key and another tie, if they differ. */
  void update(T element, long key, long tie) {
    int place = placeOf(element);
    if (key != keys[place] || tie != ties[place]) {
      settle(place, element, key, tie);
    }
  }

  /** Gives every element another key, in O(n). */
  void rekey(ToLongFunction<T> key) {
    for (int i = 0; i < size; i++) {
      keys[i] = key.applyAsLong(get(i));
    }
    for (int i = (size - 2) / CHILDREN; i >= 0 && size > 1; i--) {
      down(i, get(i), keys[i], ties[i]);
    }
  }

  /** Whether every element knows its place and none has a smaller key than its parent. */
  boolean holds() {
    for (int i = 0; i < size; i++) {
      int parent = (i - 1) / CHILDREN;
      if (get(i).place(lane) != i || (i > 0 && before(keys[i], ties[i], parent))) {
        return false;
      }
    }
    return true;
  }

  private int placeOf(T element) {
    if (!contains(element)) {
      throw new IllegalStateException("not in the queue: " + element);
    }
    return element.place(lane);
  }

  private void settle(int place, HeapNode node, long key, long tie) {
    if (place > 0 && before(key, tie, (place - 1) / CHILDREN)) {
      up(place, node, key, tie);
    } else {
      down(place, node, key, tie);
    }
  }

  private void up(int from, HeapNode node, long key, long tie) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) / CHILDREN;
      if (!before(key, tie, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, node, key, tie);
  }

  private void down(int from, HeapNode node, long key, long tie) {
    int at = from;
    while (CHILDREN * at + 1 < size) {
      int child = leastChild(at);
      if (before(key, tie, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    put(at, node, key, tie);
  }

  private int leastChild(int parent) {
    int least = CHILDREN * parent + 1;
    int end = Math.min(size, least + CHILDREN);
    for (int child = least + 1; child < end; child++) {
      if (before(keys[child], ties[child], least)) {
        least = child;
      }
    }
    return least;
  }

  private boolean before(long key, long tie, int place) {
    return key != keys[place] ? key < keys[place] : tie < ties[place];
  }

  private void move(int from, int to) {
    HeapNode node = nodes[from];
    if (node != null) {
      put(to, node, keys[from], ties[from]);
    }
  }

  private void put(int at, HeapNode node, long key, long tie) {
    nodes[at] = node;
    keys[at] = key;
    ties[at] = tie;
    node.setPlace(lane, at);
  }
}
