package io.kvasir.kvpool.evict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FreeBlockQueueTest {

  @Test
  void takesFromTheFront() {
    FreeBlockQueue queue = new FreeBlockQueue(4);
    queue.addLast(2);
    queue.addLast(0);
    queue.addFirst(3);
    assertThat(content(queue)).containsExactly(3, 2, 0);
    assertThat(queue.pollFirst()).isEqualTo(3);
    assertThat(queue.pollFirst()).isEqualTo(2);
    assertThat(queue.pollFirst()).isZero();
    assertThat(queue.pollFirst()).isEqualTo(FreeBlockQueue.END);
    assertThat(queue.size()).isZero();
  }

  @Test
  void blockIsQueuedOnce() {
    FreeBlockQueue queue = new FreeBlockQueue(2);
    queue.addLast(1);
    assertThatThrownBy(() -> queue.addLast(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 1 is in the queue already");
    assertThatThrownBy(() -> queue.addFirst(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> queue.remove(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 0 is not in the queue");
    assertThatThrownBy(() -> queue.after(0)).isInstanceOf(IllegalStateException.class);
    assertThat(content(queue)).containsExactly(1);
  }

  @Test
  void agreesWithAnArrayList() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      FreeBlockQueue queue = new FreeBlockQueue(12);
      List<Integer> naive = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        int block = random.nextInt(12);
        if (naive.contains(block)) {
          queue.remove(block);
          naive.removeIf(queued -> queued == block);
        } else if (random.nextBoolean()) {
          queue.addLast(block);
          naive.addLast(block);
        } else {
          queue.addFirst(block);
          naive.addFirst(block);
        }
        if (random.nextInt(4) == 0) {
          int expected = naive.isEmpty() ? FreeBlockQueue.END : naive.removeFirst();
          assertThat(queue.pollFirst()).isEqualTo(expected);
        }
        assertThat(content(queue)).as("seed %d, step %d", seed, step).isEqualTo(naive);
        assertThat(queue.size()).isEqualTo(naive.size());
      }
    }
  }

  private static List<Integer> content(FreeBlockQueue queue) {
    List<Integer> blocks = new ArrayList<>();
    for (int block = queue.first(); block != FreeBlockQueue.END; block = queue.after(block)) {
      blocks.add(block);
    }
    return blocks;
  }
}
