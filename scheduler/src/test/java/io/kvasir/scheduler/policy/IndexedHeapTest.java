package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The heap against a list that is searched. */
class IndexedHeapTest {

  private static final class Node extends HeapNode {
    final int tie;
    long key;

    Node(int tie, long key) {
      this.tie = tie;
      this.key = key;
    }
  }

  private static final Comparator<Node> ORDER =
      Comparator.<Node>comparingLong(node -> node.key).thenComparingInt(node -> node.tie);

  @Test
  void randomLivesMatchASearchedList() {
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int lane = random.nextInt(2);
      int keys = 1 + random.nextInt(40);
      IndexedHeap<Node> heap = new IndexedHeap<>(lane);
      List<Node> naive = new ArrayList<>();
      List<Node> outside = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        int dice = random.nextInt(12);
        if (naive.isEmpty() || dice < 5) {
          Node node =
              outside.isEmpty() || random.nextBoolean()
                  ? new Node(i, 0)
                  : outside.remove(random.nextInt(outside.size()));
          node.key = random.nextInt(keys);
          heap.add(node, node.key, node.tie);
          naive.add(node);
        } else if (dice < 8) {
          Node node = naive.remove(random.nextInt(naive.size()));
          heap.remove(node);
          outside.add(node);
        } else if (dice < 11) {
          Node node = naive.get(random.nextInt(naive.size()));
          node.key = random.nextInt(keys);
          heap.update(node, node.key);
        } else {
          naive.forEach(node -> node.key = random.nextInt(keys));
          heap.rekey(node -> node.key);
        }
        naive.sort(ORDER);
        check(heap, naive, seed);
      }
      for (Node expected : naive) {
        Node first = heap.first();
        assertThat(first).as("seed %d", seed).isSameAs(expected);
        heap.remove(first);
      }
      assertThat(heap.isEmpty()).isTrue();
    }
  }

  private static void check(IndexedHeap<Node> heap, List<Node> naive, long seed) {
    boolean same =
        heap.size() == naive.size()
            && heap.holds()
            && (naive.isEmpty()
                || (heap.first() == naive.getFirst() && heap.firstKey() == naive.getFirst().key))
            && heap.second() == (naive.size() < 2 ? null : naive.get(1));
    assertThat(same).as("seed %d", seed).isTrue();
  }

  @Test
  void anElementIsInOneHeapOfALane() {
    IndexedHeap<Node> one = new IndexedHeap<>(0);
    IndexedHeap<Node> other = new IndexedHeap<>(0);
    IndexedHeap<Node> second = new IndexedHeap<>(1);
    Node node = new Node(0, 0);
    one.add(node, 1, 0);
    second.add(node, 2, 0);
    assertThatThrownBy(() -> other.add(node, 1, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> other.remove(node)).isInstanceOf(IllegalStateException.class);
    assertThat(one.keyOf(node)).isEqualTo(1);
    assertThat(second.keyOf(node)).isEqualTo(2);
    one.remove(node);
    other.add(node, 3, 0);
    assertThat(second.contains(node)).isTrue();
  }
}
